/**
 * Makes the change of a secret visible. The host for dynamic resources drops what a diff says of properties, and Pulumi's
 * display compares inputs as it shows them: secrets with secrets, which are all alike. So beside each secret input stands a
 * plain one that counts its changes. A hash would let whoever sees a state or a preview try passwords until one fits.
 */
import { sameValue } from "../core/compare";
import { type Properties, propertyNames } from "../core/define";
import { isSecret } from "../core/secrecy";
import { changesSuffix, resourceKey } from "../core/state";
import { containsUnknown } from "../core/unknown";
import { resourcesByKind } from "../resources";

/** What was counted in this process, by URN: a replacement is checked a second time, then without its old inputs. */
const counted = new Map<unknown, Properties>();

/** For every secret among the inputs how often it changed, its first value included; `password (secret)` for `password`. */
export function changesOfSecrets(kind: string, olds: Properties, inputs: Properties): Properties {
    const definition = resourcesByKind.get(kind);
    if (definition === undefined) return {};
    const isReplacement = Object.keys(olds).length === 0;
    const before = isReplacement ? counted.get(inputs[resourceKey]) : olds;
    const names = propertyNames(definition.inputs).filter(
        (name) => inputs[name] !== undefined && isSecret(definition, inputs, name),
    );
    const changes = names.map((name) => {
        const count = before?.[name + changesSuffix];
        if (typeof count !== "number") return [name + changesSuffix, 1];
        const isSame =
            isReplacement || (!containsUnknown(inputs[name]) && sameValue(definition, name, olds[name], inputs[name]));
        return [name + changesSuffix, isSame ? count : count + 1];
    });
    const result = Object.fromEntries(changes);
    counted.set(inputs[resourceKey], result);
    return result;
}
