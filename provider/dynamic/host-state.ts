/** How the dynamic host keeps a resource: its type, its provider's text, and the internal properties beside the kind's own. */

import { decodeAsset } from "../core/assets";
import type { Known, Properties } from "../core/define";
import { isMarker } from "../core/marker";
import { knownOf as knownOfState, withInputs } from "../core/state";

/** The host's own: the provider text, part of inputs and outputs. */
export const providerKey = "__provider";

const typePrefix = "pulumi-nodejs:dynamic/fastio:";

/** The type of a kind's dynamic resources. */
export function dynamicType(kind: string): string {
    return `${typePrefix}${kind}`;
}

/** The kind of dynamic resources of this type; undefined when they are not ours. */
export function kindOf(type: string): string | undefined {
    return type.startsWith(typePrefix) ? type.slice(typePrefix.length) : undefined;
}

/** The text that the SDK registers as the provider of the kind's resources. */
export function providerText(kind: string): string {
    return `exports.handler = () => require("pulumi-fastio/runtime").provider("${kind}");`;
}

/**
 * What a state tells of an object. What the plugin made has its inputs beside the outputs, where the host does not hand them
 * over: what the program declares then counts as it was shown, and a file, which is never shown, as the same.
 */
export function knownOf({ [providerKey]: _, ...props }: Properties, news: Properties = {}): Known {
    const declared = Object.entries(news).filter(
        ([name, value]) => name in props || decodeAsset(value) !== undefined || isMarker(value),
    );
    return knownOfState(props, Object.fromEntries(declared.map(([name, value]) => [name, props[name] ?? value])));
}

/** The host hands over old outputs only, so that the inputs stand among them. Their secrecy is declared by the SDK. */
export function stateOf(
    outputs: Properties,
    { [providerKey]: _, ...checked }: Properties,
    from: Properties,
): Properties {
    return withInputs({ ...outputs, [providerKey]: from[providerKey] }, checked);
}
