/** How the functions of this package are called: in the program's own process, through the runtime. */
import * as pulumi from "@pulumi/pulumi";

interface Runtime {
    call(name: string, args: object, stackConfig: (key: string) => string | undefined): Promise<unknown>;
}

/** Calls a function with plain arguments. */
export async function invoke<T>(name: string, args: object): Promise<T> {
    refuseOutputs(name, args);
    const config = new pulumi.Config("fastio");
    // Whoever calls no function never loads it.
    const runtime = require("pulumi-fastio/runtime") as Runtime;
    try {
        return (await runtime.call(name, args, (key) => config.get(key))) as T;
    } catch (error) {
        // Of this error Pulumi shows the message without frames that are not the program's.
        throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
    }
}

/** A plain call cannot wait for outputs. */
export function refuseOutputs(name: string, args: object): void {
    for (const [property, value] of Object.entries(args)) {
        if (pulumi.Output.isInstance(value))
            throw new pulumi.RunError(`${name}: ${property} is an output; ${name}Output takes outputs`);
    }
}

/** Calls a function once its arguments are known. */
export function invokeOutput<T>(name: string, args: object): pulumi.Output<T> {
    return pulumi.output(args).apply((known) => pulumi.output(invoke<T>(name, known))) as pulumi.Output<T>;
}
