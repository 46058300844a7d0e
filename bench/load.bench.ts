// What loading the package adds to a program that loads @pulumi/pulumi anyway.
import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { type Figure, medianOf } from "./figure";

export async function measure(): Promise<Figure[]> {
    const script = `
        require("@pulumi/pulumi");
        const start = performance.now();
        require("pulumi-fastio");
        console.log(performance.now() - start);`;
    const value = await medianOf(15, () =>
        Number(execFileSync(process.execPath, ["-e", script], { cwd: dirname(__dirname), encoding: "utf8" })),
    );
    return [{ what: 'require("pulumi-fastio") after @pulumi/pulumi', value, unit: "ms", floor: 20, better: "lower" }];
}
