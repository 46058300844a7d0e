/** The lines that a program needs so that it declares what was adopted, and nothing that would be so anyway. */

import { decodeAsset } from "../core/assets";
import { argumentFailures } from "../core/check";
import { sameValue } from "../core/compare";
import { metaOf, type Properties, parentOf, propertyNames, type ResourceDefinition } from "../core/define";
import { fallbackOf } from "../core/fallback";
import { logicalName, slugOf } from "../core/naming";
import { literal, lowerFirst } from "../core/source";
import { colourText } from "../core/wire";
import { resources } from "../resources";
import type { Adopted } from "./import-file";

/** The inputs that a program has to declare: the rest are defaults. */
export function declaredInputs(definition: ResourceDefinition, name: string, inputs: Properties): Properties {
    const isDefault = (property: string, value: unknown) => {
        const { fallbackToName, reset } = metaOf(definition, property);
        const fallback = fallbackOf(definition, property, inputs);
        return (
            sameValue(definition, property, value, fallback) ||
            (fallbackToName && value === name) ||
            (typeof reset === "object" && sameValue(definition, property, value, reset.to))
        );
    };
    return Object.fromEntries(
        propertyNames(definition.inputs)
            .filter((property) => !isDefault(property, inputs[property]))
            .map((property) => {
                const isColour = metaOf(definition, property).form === "colour";
                return [property, isColour ? colourText(inputs[property]) : inputs[property]];
            }),
    );
}

/** The secrets that nobody can read and that the thing may have: the person has to fill them in. */
export function unreadableSecrets(definition: ResourceDefinition, inputs: Properties): string[] {
    return propertyNames(definition.inputs).filter((name) => {
        const { secret, writeOnly } = metaOf(definition, name);
        if (!secret || !writeOnly || inputs[name] !== undefined) return false;
        return argumentFailures(definition, { ...inputs, [name]: "secret" }).length === 0;
    });
}

/** A module of TypeScript that declares all of it, what others refer to first. */
export function programOf(adopted: readonly Adopted[]): string {
    const ordered = inOrder(adopted);
    const variables = variableNames(ordered);
    const usesPulumi = ordered.some(({ inputs }) => Object.values(inputs).some((value) => decodeAsset(value)));
    const imports = [
        ...(usesPulumi ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
        'import * as fastio from "pulumi-fastio";',
    ];
    const declarations = ordered.map((one) => declarationOf(one, ordered, variables));
    return `${[imports.join("\n"), ...declarations].join("\n\n")}\n`;
}

function declarationOf(one: Adopted, all: readonly Adopted[], variables: ReadonlyMap<Adopted, string>): string {
    const { definition, name, inputs, parent } = one;
    const properties = Object.entries(declaredInputs(definition, name, inputs)).map(([property, value]) => {
        const target = referredBy(one, value, all);
        return `    ${property}: ${target === undefined ? expression(value) : `${variables.get(target)}.id`},`;
    });
    const secrets = unreadableSecrets(definition, inputs).map(
        (property) =>
            `    // ${property}: config.requireSecret("${property}"), // nobody can read it: fill it in if there is one, and the next update sets it`,
    );
    // As `pulumi import` leaves it in the state.
    const options = [...(parent === undefined ? [] : [`parent: ${parentVariable(parent)}`]), "protect: true"];
    return [
        `const ${variables.get(one)} = new fastio.${definition.kind}(${JSON.stringify(name)}, {`,
        ...properties,
        ...secrets,
        `}, { ${options.join(", ")} });`,
    ].join("\n");
}

/** A URN, or the name of an entry in the same import file. */
export function parentVariable(parent: string): string {
    return identifier(parent.includes("::") ? logicalName(parent) : parent);
}

function expression(value: unknown): string {
    const source = decodeAsset(value)?.source;
    return source !== undefined && "path" in source
        ? `new pulumi.asset.FileAsset(${JSON.stringify(source.path)})`
        : literal(value);
}

/** What a value is the id of. What shares the id of its parent, as branding does, is never referred to. */
function referredBy(one: Adopted, value: unknown, all: readonly Adopted[]): Adopted | undefined {
    return all.find(
        (other) => other !== one && other.id === value && parentOf(other.definition, other.inputs)?.id !== other.id,
    );
}

function inOrder(adopted: readonly Adopted[]): Adopted[] {
    const ordered = new Set<Adopted>();
    const visit = (one: Adopted) => {
        if (ordered.has(one)) return;
        const targets = Object.values(one.inputs).flatMap((value) => referredBy(one, value, adopted) ?? []);
        for (const target of targets) visit(target);
        ordered.add(one);
    };
    const kinds = resources.map(({ kind }) => kind);
    const place = ({ definition }: Adopted) => kinds.indexOf(definition.kind);
    for (const one of [...adopted].sort((left, right) => place(left) - place(right))) visit(one);
    return [...ordered];
}

function variableNames(adopted: readonly Adopted[]): Map<Adopted, string> {
    const taken = new Set(["fastio", "pulumi"]);
    return new Map(
        adopted.map((one) => {
            const short = identifier(one.name);
            const long = `${short}${one.definition.kind}`;
            const candidates = [short, long, ...numbered(long)];
            const variable = candidates.find((candidate) => !taken.has(candidate)) ?? long;
            taken.add(variable);
            return [one, variable];
        }),
    );

    function* numbered(name: string) {
        for (let number = 2; number <= adopted.length + 1; number += 1) yield `${name}${number}`;
    }
}

const reserved = new Set(
    (
        "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if " +
        "implements import in instanceof interface let new null package private protected public return static super switch this throw true try " +
        "typeof undefined var void while with yield"
    ).split(" "),
);

/** A name as a variable: `due-diligence` as `dueDiligence`. */
function identifier(name: string): string {
    const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
    const joined = lowerFirst(words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(""));
    if (joined === "" || /^\p{N}/u.test(joined)) return `it${joined}`;
    return reserved.has(joined) ? `${joined}_` : joined;
}

/** A name in the program for what is adopted: what people call it, else its parent's, with a number where that is taken. */
export function nameFor(
    definition: ResourceDefinition,
    inputs: Properties,
    adopted: readonly Adopted[],
    taken: ReadonlySet<string>,
): string {
    const label = inputs.name ?? inputs.title ?? inputs.email;
    const above = adopted.find(({ id }) => id === parentOf(definition, inputs)?.id)?.name;
    const kindInWords = definition.kind.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`);
    const name = slugOf(typeof label === "string" ? label : (above ?? "")) || slugOf(kindInWords);
    for (let number = 1; ; number += 1) {
        const candidate = number === 1 ? name : `${name}-${number}`;
        if (!taken.has(candidate)) return candidate;
    }
}
