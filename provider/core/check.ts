/** Check: defaults, generated names, and every refusal that needs no call, each with its property path. */
import { closest, distance } from "fastest-levenshtein";
import * as z from "zod";
import { derived } from "../derived";
import { sameValue } from "./compare";
import { innerSchema, metaOf, type Properties, propertyNames, type ResourceDefinition, uniqueInputs } from "./define";
import { fallbackOf } from "./fallback";
import { asDeclared, asFound, declaredOf, isMarker } from "./marker";
import { logicalName, ownNames, slugOf } from "./naming";
import { isMarked, isSecret } from "./secrecy";
import { isOurs, resourceKey, withoutInternal } from "./state";
import { containsUnknown, unknownValue } from "./unknown";

export interface CheckFailure {
    /**
     * Path of the property, `links[1].url`; empty for the resource as a whole, and where the value may be secret: the engine
     * prints the value of the property that a failure names.
     */
    property: string;
    /** Why it is refused. Never holds the value. */
    reason: string;
}

/** What the stack's configuration says about names that a program leaves out. */
export interface Autonaming {
    /** Take the name as it is, take it as a proposal, or leave names to the program. */
    mode: "enforce" | "propose" | "disable";
    name: string;
}

export interface CheckResult {
    inputs: Properties;
    failures: CheckFailure[];
}

/** Completes and validates inputs. Makes no call. `oldInputs` is empty for an object that does not exist yet. */
export function check(
    definition: ResourceDefinition,
    oldInputs: Properties,
    newInputs: Properties,
    autonaming?: Autonaming,
): CheckResult {
    const present = Object.fromEntries(
        Object.entries(newInputs).filter(([, value]) => value !== undefined && value !== null),
    );
    const before = asFound(oldInputs);
    const wanted = { ...present, ...defaults(definition, before, present, autonaming) };
    const inputs = { ...wanted, ...leftOut(definition, oldInputs, wanted), ...broughtBack(definition, before, wanted) };
    const declared = withoutInternal(inputs);
    const refused = argumentFailures(definition, declared, inputs).map((failure) =>
        present[failure.property] === undefined && metaOf(definition, failure.property).fallbackToName
            ? { ...failure, reason: `${failure.reason}; none is declared, so the resource's own name was taken` }
            : failure,
    );
    const failures = [
        ...refused,
        ...openFailures(definition, inputs),
        ...unnamedFailures(definition, before, declared, autonaming),
        ...reuseFailures(definition, before, declared),
    ];
    const secretly = failures.map((failure) => {
        const name = topOf(failure.property);
        // Within a secret, names are secret as well.
        return isSecret(definition, inputs, name) ? { ...failure, property: name } : failure;
    });
    return { inputs, failures: withoutValues(secretly, present, (name) => isSecret(definition, inputs, name)) };
}

/**
 * Failures of which the engine prints no value that may be secret: it prints what the program gave for the property that a
 * failure names. Such a property is named in the reason alone.
 */
export function withoutValues(
    failures: readonly CheckFailure[],
    given: Properties,
    maySecret: (name: string) => boolean,
): CheckFailure[] {
    return failures.map(({ property, reason }) => {
        const shown = [property, topOf(property)].find((name) => Object.hasOwn(given, name) && maySecret(name));
        return shown === undefined ? { property, reason } : { property: "", reason: `${property}: ${reason}` };
    });
}

/** The property that a path begins with. */
function topOf(path: string): string {
    return path.split(/[.[]/, 1)[0] ?? path;
}

/** What is part of the resource's id stands in the open, whatever the program calls it. */
function openFailures(definition: ResourceDefinition, inputs: Properties): CheckFailure[] {
    return propertyNames(definition.inputs).flatMap((property) => {
        const { openInId } = metaOf(definition, property);
        if (openInId === undefined || !isMarked(inputs, property) || inputs[property] === undefined) return [];
        const reason =
            "must not be secret, because it is part of the resource's id, which Pulumi prints and keeps in plain text: " +
            `declare ${openInId.instead} instead, or give it without the mark`;
        return [{ property, reason }];
    });
}

/**
 * A marker comes back where `ignoreChanges` gives a property the value of the state: then what is there may stay. But a new object
 * gets what was declared; and where it changes who can get in, what the service never gives back is set with it, so that
 * no door opens without its password.
 */
function broughtBack(definition: ResourceDefinition, before: Properties, wanted: Properties): Properties {
    const isNew = Object.keys(withoutInternal(before)).length === 0;
    const changesAccess = propertyNames(definition.inputs)
        .filter((name) => metaOf(definition, name).accessRelevant && !isMarker(wanted[name]))
        .some((name) => containsUnknown(wanted[name]) || !sameValue(definition, name, before[name], wanted[name]));
    const markers = Object.entries(wanted).filter(([, value]) => isMarker(value));
    return Object.fromEntries(
        markers
            .filter(([name]) => isNew || (changesAccess && isOurs(definition, name)))
            .map(([name, value]) => [name, declaredOf(value)]),
    );
}

/**
 * What the service lacks because of something else that it holds, which `ignoreChanges` lets stay, does not fit to that: its
 * marker stays as well.
 */
function leftOut(definition: ResourceDefinition, oldInputs: Properties, wanted: Properties): Properties {
    const before = asFound(oldInputs);
    const isAsBefore = (name: string) => sameValue(definition, name, before[name], wanted[name]);
    const left = Object.entries(oldInputs).filter(([name, old]) => {
        if (!isMarker(old) || !sameValue(definition, name, declaredOf(old), wanted[name])) return false;
        return definition.rules?.some(
            ({ properties, broken }) =>
                properties.includes(name) &&
                properties.every((one) => one === name || isAsBefore(one)) &&
                broken(withoutInternal(wanted)) !== undefined,
        );
    });
    return Object.fromEntries(left);
}

function defaults(
    definition: ResourceDefinition,
    oldInputs: Properties,
    inputs: Properties,
    autonaming: Autonaming | undefined,
): Properties {
    const filled: Properties = {};
    const urn = knownText(inputs[resourceKey]);
    for (const name of propertyNames(definition.inputs)) {
        if (inputs[name] !== undefined) continue;
        const { fallbackToName, formerFallback, generatedWithin } = metaOf(definition, name);
        const fallback = fallbackOf(definition, name, inputs);
        const isFormer = formerFallback !== undefined && sameValue(definition, name, oldInputs[name], formerFallback);
        if (fallback !== undefined) filled[name] = isFormer ? formerFallback : fallback;
        if (fallbackToName && urn !== undefined) filled[name] = logicalName(urn);
        if (generatedWithin !== undefined) {
            const parent = knownText(inputs[generatedWithin]);
            const old = oldInputs[name];
            if (parent === undefined) continue;
            if (old !== undefined && oldInputs[generatedWithin] === parent) filled[name] = old;
            else if (autonaming !== undefined) Object.assign(filled, autonamed(definition, name, autonaming));
            else if (urn !== undefined)
                filled[name] = ownNames(urn, parent, definition.noun, longestText(definition, name)).first;
        }
    }
    return filled;
}

/** What check gives a property that the program leaves out. */
export function filledIn(definition: ResourceDefinition, name: string, inputs: Properties): unknown {
    const { [name]: _, ...others } = inputs;
    return defaults(definition, {}, others, undefined)[name];
}

/** A proposed name is brought into the form of names; what the stack enforces stands or falls as it is. */
function autonamed(definition: ResourceDefinition, property: string, { mode, name }: Autonaming): Properties {
    if (mode === "disable") return {};
    const proposed = [...slugOf(name)].slice(0, longestText(definition, property)).join("");
    return { [property]: mode === "enforce" ? name : proposed };
}

function unnamedFailures(
    definition: ResourceDefinition,
    oldInputs: Properties,
    inputs: Properties,
    autonaming: Autonaming | undefined,
): CheckFailure[] {
    if (autonaming?.mode !== "disable") return [];
    return propertyNames(definition.inputs)
        .filter((name) => {
            const within = metaOf(definition, name).generatedWithin;
            if (within === undefined || inputs[name] !== undefined) return false;
            // Under a parent that is not known yet, the old name may stay.
            return oldInputs[name] === undefined || knownText(inputs[within]) !== undefined;
        })
        .map((property) => ({ property, reason: "is required, because this stack turns automatic names off" }));
}

function knownText(value: unknown): string | undefined {
    return typeof value === "string" && value !== unknownValue ? value : undefined;
}

/** The longest text that a property takes, as its schema says. */
export function longestText(definition: ResourceDefinition, name: string): number {
    return longestTextOf(definition.inputs.shape[name] as z.ZodType);
}

const longestTextOf = derived((property: z.ZodType) => {
    const schema = z.toJSONSchema(property) as { maxLength?: number };
    return schema.maxLength ?? Number.MAX_SAFE_INTEGER;
});

/** zod compiles a schema when it is first used. */
const strictly = derived((inputs: z.ZodObject) => inputs.strict());

/** What the schemas and rules speak of: the arguments of a kind or of a function. */
type Declared = Pick<ResourceDefinition, "kind" | "inputs" | "outputs" | "rules">;

/** What is wrong with arguments by themselves; the marks of those that the program calls secret may stand beside them. */
export function argumentFailures(definition: Declared, inputs: Properties, marks: Properties = inputs): CheckFailure[] {
    const refused = schemaFailures(definition, asDeclared(inputs));
    return [...refused, ...ruleFailures(definition, inputs, refused, (name) => isSecret(definition, marks, name))];
}

function schemaFailures(definition: Declared, inputs: Properties): CheckFailure[] {
    const result = strictly(definition.inputs).safeParse(inputs);
    return (result.error?.issues ?? []).flatMap((issue) => {
        const path = issue.path as (string | number)[];
        if (issue.code === "unrecognized_keys") {
            return issue.keys.map((key) => ({
                property: pathText([...path, key]),
                reason: unknownProperty(definition, path, key),
            }));
        }
        const value = valueAt(inputs, path);
        if (containsUnknown(value)) return [];
        return [{ property: pathText(path), reason: value === undefined ? "is required" : issue.message }];
    });
}

function unknownProperty(definition: Declared, path: readonly (string | number)[], key: string): string {
    if (path.length === 0 && Object.hasOwn(definition.outputs.shape, key))
        return "is an output: the service sets it, a program cannot";
    const names = namesAt(definition.inputs, path);
    const near = names.length === 0 ? undefined : closest(key, names);
    const hint =
        near !== undefined && distance(key, near) <= Math.max(2, Math.floor(key.length / 3))
            ? `; did you mean ${near}?`
            : "";
    return `is not a property of ${path.length === 0 ? definition.kind : pathText(path)}${hint}`;
}

function namesAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
    let at: z.ZodType | undefined = schema;
    for (const step of path) {
        at = innerSchema(at);
        at =
            at instanceof z.ZodObject
                ? at.shape[step]
                : at instanceof z.ZodArray
                  ? (at.element as z.ZodType)
                  : undefined;
        if (at === undefined) return [];
    }
    at = innerSchema(at);
    return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/** What is refused by itself says nothing about how it fits to the rest. */
function ruleFailures(
    definition: Declared,
    inputs: Properties,
    refused: readonly CheckFailure[],
    secret: (name: string) => boolean,
): CheckFailure[] {
    const isOpen = (name: string) =>
        containsUnknown(inputs[name]) ||
        isMarker(inputs[name]) ||
        refused.some(({ property }) => topOf(property) === name);
    return (definition.rules ?? [])
        .filter((rule) => !rule.properties.some(isOpen))
        .flatMap((rule) => {
            const reason = rule.broken(inputs);
            if (reason === undefined) return [];
            const [subject] = rule.properties;
            const property = rule.properties.find((name) => !secret(name)) ?? subject;
            return [{ property, reason: property === subject ? reason : `${subject} ${reason}` }];
        });
}

/** A replacement that needs the unique name of the object it replaces can be made neither before nor, where names stay reserved, after the delete. */
function reuseFailures(definition: ResourceDefinition, oldInputs: Properties, inputs: Properties): CheckFailure[] {
    const isSame = (name: string) => sameValue(definition, name, oldInputs[name], inputs[name]);
    const kept = uniqueInputs(definition).filter(
        (name) =>
            oldInputs[name] !== undefined &&
            inputs[name] !== undefined &&
            !containsUnknown(inputs[name]) &&
            isSame(name),
    );
    const replacing = propertyNames(definition.inputs).filter(
        (name) =>
            metaOf(definition, name).immutable &&
            oldInputs[name] !== undefined &&
            !containsUnknown(inputs[name]) &&
            !isSame(name),
    );
    return replacing.flatMap((property) =>
        kept.map((unique) => ({
            property,
            reason:
                `a change replaces the ${definition.noun}, and the new one would need the same ${unique} as the old one, ` +
                `which the service may keep reserved: declare another ${unique}, or leave ${unique} out`,
        })),
    );
}

/** `["members", 2, "role"]` as `members[2].role`, and what is no plain name as `notes["a.b"]`. */
export function pathText(path: readonly (string | number)[]): string {
    return path.reduce<string>((text, step) => {
        if (typeof step === "number") return `${text}[${step}]`;
        if (!/^[a-z_$][\w$]*$/i.test(step)) return `${text}[${JSON.stringify(step)}]`;
        return text === "" ? step : `${text}.${step}`;
    }, "");
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
    return path.reduce<unknown>(
        (at, step) => (at === undefined || at === null ? undefined : (at as Record<string | number, unknown>)[step]),
        value,
    );
}
