/** How the functions of this package are called through the plugin. */
import * as pulumi from "@pulumi/pulumi";
import { refuseOutputs } from "../invoke";
import { version } from "./resource";

/** Calls a function with plain arguments. */
export async function invoke<T>(name: string, args: object, opts?: pulumi.InvokeOptions): Promise<T> {
    refuseOutputs(name, args);
    return pulumi.runtime.invoke(token(name), args, { version: version(), ...opts });
}

/** Calls a function once its arguments are known. */
export function invokeOutput<T>(name: string, args: object, opts?: pulumi.InvokeOutputOptions): pulumi.Output<T> {
    return pulumi.runtime.invokeOutput(token(name), args, { version: version(), ...opts });
}

function token(name: string): string {
    return `fastio:index:${name}`;
}
