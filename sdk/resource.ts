/** What the classes of all kinds share: how a dynamic resource of this package is registered. */
import * as pulumi from "@pulumi/pulumi";
import { refusingEmptyText } from "./assets";
import { refuseUnlessHostFindsProvider } from "./host";
import { refuseUnknownNames } from "./options";

/** What a generated class tells of its kind. */
export interface Kind {
    name: string;
    /** Every input and output property. */
    properties: readonly string[];
    secretInputs: readonly string[];
    assetInputs: readonly string[];
    secretOutputs: readonly string[];
}

export const dynamicTypes = "pulumi-nodejs:dynamic/fastio:";
export const pluginTypes = "fastio:index:";

/** The base of all resources. Programs use the classes of the kinds. */
export abstract class FastioResource extends pulumi.CustomResource {
    constructor(kind: Kind, name: string, args: object, opts: pulumi.CustomResourceOptions = {}) {
        if (opts.import !== undefined) {
            throw new pulumi.RunError(
                `${kind.name} ${JSON.stringify(name)}: the import option cannot work for dynamic resources. Instead run ` +
                    `\`npx pulumi-fastio adopt-file ${kind.name} <id>\` and then \`pulumi import --file import.json\`.`,
            );
        }
        refuseUnknownNames(kind, name, opts);
        refuseUnlessHostFindsProvider(kind.name, name);
        const restoreFrames = withoutFrames();
        try {
            super(
                `${dynamicTypes}${kind.name}`,
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
                    __resource: resourceName(kind, name, opts),
                    __secrets: secretNames(kind, args),
                    __provider: providerText(kind.name),
                    // A delete of what is below it has to know that the engine will not delete this.
                    ...(opts.retainOnDelete === true && { __retain: true }),
                },
                pulumi.mergeOptions(opts, {
                    additionalSecretOutputs: ["__inputs", ...kind.secretOutputs],
                    // What the plugin made under this name is this resource's from now on.
                    aliases: [{ type: `${pluginTypes}${kind.name}` }],
                }),
            );
        } catch (error) {
            throw restoreFrames(error);
        } finally {
            restoreFrames();
        }
    }

    /** Not possible for dynamic resources: says what to do instead. */
    protected static refuseGet(kind: string, id: pulumi.Input<pulumi.ID>): never {
        const subject = typeof id === "string" ? `${kind} ${id}` : kind;
        throw new pulumi.RunError(
            `${subject}: get cannot work for dynamic resources. To use what exists without managing it, pass its id, ` +
                `or look it up with get${kind}; to manage it, run \`npx pulumi-fastio adopt-file ${kind} <id>\`.`,
        );
    }
}

/**
 * Pulumi keeps a stack for each of the promises behind a resource, four a property, to tell where one was made that never
 * ends. They took most of a large program's time, so frames are collected only where somebody looks for such a promise.
 * Answers what restores the limit, and gives an error that came up meanwhile its frames.
 */
export function withoutFrames(): (error?: unknown) => unknown {
    const limit = Error.stackTraceLimit;
    if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;
    return (error) => {
        Error.stackTraceLimit = limit;
        if (error instanceof Error && !/\n +at /.test(error.stack ?? "")) Error.captureStackTrace(error);
        return error;
    };
}

/**
 * The source of the resource's provider, a constant. It lives in the state, and later releases run it: it never changes.
 * A closure, as `pulumi.dynamic.Resource` would make, depends on the compiler and holds what it captured.
 */
export function providerText(kind: string): string {
    return `exports.handler = () => require("pulumi-fastio/runtime").provider("${kind}");`;
}

/**
 * The URN that the resource has in the plugin. As a plain promise: an output of the parent would make the parent a
 * dependency, and resources of one component would wait for each other.
 */
function resourceName(kind: Kind, name: string, opts: pulumi.CustomResourceOptions): Promise<string> {
    const urn = pulumi.createUrn(name, `${pluginTypes}${kind.name}`, opts.parent);
    return new Promise((resolve) => urn.apply((text) => resolve(text.replaceAll(dynamicTypes, pluginTypes))));
}

/**
 * The names of the arguments that the program makes secret beside those that always are: the host hands over values without
 * their marks. As a plain promise, because an output of it would be secret as well.
 */
function secretNames(kind: Kind, args: object): Promise<string[] | undefined> | undefined {
    const asked = Object.entries(args).flatMap(([name, value]) =>
        typeof value !== "object" || value === null || kind.secretInputs.includes(name)
            ? []
            : [pulumi.isSecret(pulumi.output(value)).then((isSecret) => (isSecret ? [name] : []))],
    );
    if (asked.length === 0) return undefined;
    // A value that fails is told of by its own property.
    return Promise.all(asked).then(
        (names) => (names.flat().length === 0 ? undefined : names.flat()),
        () => undefined,
    );
}

function secretOf(value: unknown): unknown {
    return value === undefined ? undefined : pulumi.secret(value);
}
