/** What Pulumi's SDK cannot hand back to a program, told before it is registered. */
import * as pulumi from "@pulumi/pulumi";

/**
 * The value of a property, which fails when it is an asset of empty text: Pulumi's SDK leaves the text out on the way to
 * the engine, and fails on the way back. Nobody knows the text of a `StringAsset` at once: it is a promise.
 */
export function refusingEmptyText(value: unknown, kind: string, name: string, property: string): unknown {
    const again = (known: unknown) => refusingEmptyText(known, kind, name, property);
    if (value instanceof Promise) return value.then(again);
    if (pulumi.Output.isInstance(value)) return value.apply(again);
    if (!(value instanceof pulumi.asset.StringAsset)) return value;
    return value.text.then((text) => {
        if (text !== "") return value;
        throw new pulumi.RunError(
            `${kind} ${JSON.stringify(name)}: ${property} is a StringAsset of empty text, which Pulumi cannot keep. ` +
                'Use an empty file: new pulumi.asset.FileAsset("empty.txt").',
        );
    });
}
