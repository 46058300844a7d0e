/** What a function is: data, and one call that reads. */
import * as z from "zod";
import { argumentFailures, type CheckFailure } from "./check";
import {
    innerSchema,
    metaOf,
    type Properties,
    propertyNames,
    type Remote,
    type ResourceDefinition,
    type Rule,
    schemaMeta,
    type VerbContext,
} from "./define";
import { ResourceError } from "./errors";
import { isOurs, toState } from "./state";

export interface FunctionDefinition {
    /** As in programs: `getWorkspace`. */
    name: string;
    /** Markdown for hover and reference. */
    description: string;
    inputs: z.ZodObject;
    outputs: z.ZodObject;
    rules?: readonly Rule[];
    /** Complete argument sets, for the tests and the docs. */
    samples: readonly [Properties, ...Properties[]];
    /** Reads. Never changes anything. */
    call(context: VerbContext, args: Properties): Promise<Properties>;
}

/** Checks the parts of a function while it is loaded, so that a mistake in it is found by the first test. */
export function defineFunction(definition: FunctionDefinition): FunctionDefinition {
    for (const schema of [definition.inputs, definition.outputs]) {
        for (const name of propertyNames(schema)) {
            const { description, secret } = schemaMeta(schema.shape[name] as z.ZodType);
            if (!description) throw new Error(`${definition.name}.${name} has no description`);
            // The plain form of a function has no way to mark a value.
            if (schema === definition.outputs && secret)
                throw new Error(`${definition.name} answers a secret: ${name}`);
        }
    }
    return definition;
}

/** Validates the arguments, then calls. What the answer leaves open is absent from it. */
export async function callFunction(
    definition: FunctionDefinition,
    context: () => VerbContext,
    args: Properties,
): Promise<Properties> {
    const failures = functionFailures(definition, args);
    if (failures.length > 0)
        throw new ResourceError(
            `${definition.name}: ${failures.map(({ property, reason }) => `${property}: ${reason}`).join("; ")}`,
        );
    return toState(await definition.call(context(), givenOf(args)));
}

/** What is wrong with the arguments of a function. */
export function functionFailures({ name, inputs, rules = [] }: FunctionDefinition, args: Properties): CheckFailure[] {
    return argumentFailures({ kind: name, inputs, outputs: z.object({}), rules }, givenOf(args));
}

function givenOf(args: Properties): Properties {
    return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined && value !== null));
}

/** The properties of a kind as a function answers them: `id`, what is always there, and what the account may see. */
export function shownProperties(definition: ResourceDefinition, always: readonly string[]): z.ZodObject {
    const shape = { ...definition.inputs.shape, ...definition.outputs.shape } as Record<string, z.ZodType>;
    const names = Object.keys(shape).filter((name) => !isOurs(definition, name));
    const properties = names.map((name) => {
        const { description = "", enumName, form } = metaOf(definition, name);
        // What follows the first sentence is about declaring the property.
        const [meaning = description] = description.split(/(?<=\.) /);
        const meta = { description: meaning, ...(enumName && { enumName }), ...(form && { form }) };
        const schema = innerSchema(shape[name] as z.ZodType).meta(meta);
        return [name, always.includes(name) ? schema : schema.optional()];
    });
    const id = z.string().meta({ description: `Id of the ${definition.noun}.` });
    return z.object({ id, ...Object.fromEntries(properties) });
}

/** What the service shows of an object of the kind, as `shownProperties` describes it. */
export function shownOf(definition: ResourceDefinition, id: string, remote: Remote): Properties {
    const shown = Object.entries(toState(remote)).filter(
        ([name]) => (name in definition.inputs.shape || name in definition.outputs.shape) && !isOurs(definition, name),
    );
    return { id, ...Object.fromEntries(shown) };
}

/** The rule that exactly one of these arguments is given. */
export function exactlyOne(first: string, ...others: string[]): Rule {
    const properties = [first, ...others] as const;
    const list = properties.join(properties.length === 2 ? " and " : ", ");
    return {
        properties,
        broken: (args) =>
            properties.filter((name) => args[name] !== undefined).length === 1
                ? undefined
                : `give exactly one of ${list}`,
    };
}
