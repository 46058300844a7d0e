/** How messages name a resource and its properties, and what they leave out. */
import { Redactor } from "../api/redactor";
import type { Known, Properties, ResourceDefinition } from "./define";
import { secretTexts } from "./secrecy";

/** A service may repeat in its refusal what it was given, now or in an earlier run. */
export function withoutSecrets(definition: ResourceDefinition, known: Known, message: string): string {
    const secrets = secretTexts(definition, known);
    return secrets.length === 0 ? message : new Redactor().with(secrets).redact(message);
}

/** `workspace "design"`: the kind and what a person calls the thing. */
export function describe(definition: ResourceDefinition, inputs: Properties): string {
    const label = labelOf(inputs);
    return label === undefined ? `the ${definition.noun}` : `${definition.noun} ${JSON.stringify(label)}`;
}

/** What a person calls the thing; undefined where it has no such name. */
export function labelOf({ name, title, email, userId }: Properties): string | undefined {
    const label = name ?? title ?? email ?? userId;
    return typeof label === "string" ? label : undefined;
}

/** Adds the property's name where the service speaks of its own key. */
export function withProperty(definition: ResourceDefinition, message: string): string {
    const says = (word: string) => new RegExp(`\\b${word}\\b`).test(message);
    const named = Object.entries(definition.wire).find(
        ([property, key]) => property !== key && property in definition.inputs.shape && says(key),
    );
    return named === undefined || says(named[0]) ? message : `${message} (${named[1]} is the property ${named[0]})`;
}
