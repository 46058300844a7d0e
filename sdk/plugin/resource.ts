/** What the classes of all kinds share when they are made through the plugin. */
import * as pulumi from "@pulumi/pulumi";
import { refusingEmptyText } from "../assets";
import { refuseUnknownNames } from "../options";
import { dynamicTypes, type Kind, pluginTypes, withoutFrames } from "../resource";

/** The base of all resources. Programs use the classes of the kinds. */
export abstract class PluginResource extends pulumi.CustomResource {
    constructor(kind: Kind, name: string, args: object, opts: pulumi.CustomResourceOptions = {}) {
        refuseUnknownNames(kind, name, opts);
        const restoreFrames = withoutFrames();
        try {
            super(
                `${pluginTypes}${kind.name}`,
                name,
                {
                    ...Object.fromEntries(kind.properties.map((property) => [property, undefined])),
                    ...Object.fromEntries(
                        Object.entries(args).map(([property, value]) => [
                            property,
                            kind.secretInputs.includes(property)
                                ? secretOf(value)
                                : kind.assetInputs.includes(property)
                                  ? refusingEmptyText(value, kind.name, name, property)
                                  : value,
                        ]),
                    ),
                },
                // What a dynamic resource of this name made is this resource's from now on.
                pulumi.mergeOptions({ version: version(), aliases: [{ type: `${dynamicTypes}${kind.name}` }] }, opts),
            );
        } catch (error) {
            throw restoreFrames(error);
        } finally {
            restoreFrames();
        }
    }
}

/** The version of this package, which is that of the plugin. */
export function version(): string {
    return (require("pulumi-fastio/package.json") as { version: string }).version;
}

export function secretOf(value: unknown): unknown {
    return value === undefined ? undefined : pulumi.secret(value);
}
