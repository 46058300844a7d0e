/** The Python that programs of the tests run in. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../docs/markdown";
import { missingHost } from "../engines/workstation";

/** A virtual environment with Pulumi's SDK, which `make languages` makes: the tests themselves install nothing. */
export const virtualEnvironment = join(repository, "node_modules/.cache/pulumi-fastio/python");

/** Why no program in Python can run; undefined where one can. */
export function missingPython(): string | undefined {
    const has = existsSync(join(virtualEnvironment, "bin/python"));
    return missingHost("python") ?? (has ? undefined : "no Python with Pulumi's SDK, which `make languages` installs");
}
