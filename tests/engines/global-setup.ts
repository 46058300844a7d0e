// Jest's global set-up: decides on the engines once, before the workers start, and says which they are.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseEngines } from "./engines";

export = async (): Promise<void> => {
    // Every run of an engine starts several Node processes that load the same packages: compiled once, they take half the time.
    process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "pulumi-fastio-compile-cache");
    console.log(chooseEngines());
};
