/** What a kind is: data with metadata, and a few verbs. Everything else about it is derived. */
import * as z from "zod";
import type { VerbClient } from "../api/client";
import { derived } from "../derived";
import type { Renames } from "./renames";

/** Property values by camelCase name, as programs declare them and as the state keeps them. */
export type Properties = Record<string, unknown>;

/** What shared code needs to know about one property. Attach it with zod's `.meta()`. */
export interface PropertyMeta {
    /** Meaning, unit, limits and errors in Markdown; becomes the hover text, the schema and the reference page. */
    description?: string;
    /** Encrypted in the state, never in a log. */
    secret?: true;
    /** The service never gives it back: the declared value stands, unless a read answers null because the service shows that there is none. */
    writeOnly?: true;
    /** A change replaces the resource. */
    immutable?: true;
    /** No API field: a change is an update step without a request. */
    providerOnly?: true;
    /**
     * Decides who can see or do something: check fills in the `fallback`, so that a change made by hand shows as drift.
     * Where not every service knows the property, `reset` alone names the default: nothing is sent, and another value that is shown is drift.
     */
    accessRelevant?: true;
    /** What check fills in when the program declares nothing. */
    fallback?: unknown;
    /** Where what check fills in depends on another input: the default for each of its values. */
    fallbackBy?: { input: string; values: Readonly<Record<string, unknown>> };
    /** What check filled in with a default of earlier releases: what such a state holds stays while the program declares nothing. */
    formerFallback?: unknown;
    /** Not every version of the service shows it: an answer is whole without it. */
    mayLack?: true;
    /** What an organization must have so that the service takes the value, for the message when it does not. */
    needs?: string;
    /** What check fills in when the program declares nothing: the name of the resource in the program. */
    fallbackToName?: true;
    /** A unique name that check generates from the resource's URN and this parent when none is declared. */
    generatedWithin?: string;
    /** How a property is withdrawn once the program no longer declares it: cleared, set to a value, or kept because the API can do neither. */
    reset?: "clear" | "keep" | { to: unknown };
    /** The form in which equal things are equal: dates, colours, e-mail case. */
    normalise?: (value: unknown) => unknown;
    /** Text for people: it is sent and compared in Unicode's composed form, NFC, in which services keep it, and stays in the state as declared. */
    composed?: true;
    /** The service may keep another value than the one sent, for instance a prefixed name. */
    adjusted?: true;
    /**
     * The date when something ends by itself: check refuses one that has passed and is new in the program. Of an object that
     * is replaced it is `kept`, or it is `asked` for again, so that it has to lie ahead.
     */
    end?: "kept" | "asked";
    /** The wire form, where it is not that of the JavaScript value. */
    form?: "datetime" | "json" | "colour" | "asset";
    /** The file that the example gives for an asset. */
    exampleFile?: string;
    /** The property that names the file of an asset: under this name an import by id expects the bytes in the project. */
    fileNamedBy?: string;
    /** Unique on the whole service. The first such property is the natural key of the kind. */
    unique?: true;
    /** The service gives it a value where the program declares none: as an output it is always there. */
    completed?: true;
    /** Fixed at create and never written by a read. */
    identity?: true;
    /** Part of the resource's id: refused as a secret, with the property to declare instead. */
    openInId?: { instead: string };
    /** An output that stays the same as long as the object lives. */
    fixed?: true;
    /** The environment variables that a setting is taken from where a program gives none, in this order. */
    environment?: readonly string[];
    /** The kind whose id the property holds. */
    reference?: string;
    /** The name of the exported const object that lists the phrases of this enum. */
    enumName?: string;
}

declare module "zod" {
    interface GlobalMeta extends PropertyMeta {}
}

/** A rule over several properties; it is not asked while one of them is unknown. */
export interface Rule {
    /** The properties that it reads. The first is the one that is named when the rule is broken, unless that is secret: then the first that is not. */
    properties: readonly [string, ...string[]];
    /** The reason why the values do not fit together, or undefined. */
    broken(inputs: Properties): string | undefined;
}

/** What the verbs of a definition work with. */
export interface VerbContext {
    client: VerbClient;
    /** Shows a warning in Pulumi's output. */
    warn(message: string): void;
    /** Shows in Pulumi's output how far something long has come. */
    info(message: string): void;
    /** The answer of the same question asked earlier in this run, else of the work. */
    remember<T>(question: string, work: () => Promise<T>): Promise<T>;
    /** Whether this run made the object: then nothing was in it before. */
    isNew(kind: string, id: string): boolean;
    /** The names that objects of this run exchange. */
    renames: Renames;
    /** The inputs of the object that a create replaces, where the engine forces that and tells no id. */
    replaced?: Properties | undefined;
    /** The resource's URN where the front-end knows it; for messages. */
    urn?: string | undefined;
    /** The URN that it had at its last update, where nobody knows the present one: never for a command. */
    lastUrn?: string | undefined;
}

/** What the state knows about an object. */
export interface Known {
    inputs: Properties;
    outputs: Properties;
}

/** What an update has to bring about. */
export interface Change {
    /** Properties to set. */
    set: Properties;
    /** Properties to clear. */
    clear: readonly string[];
    /** All inputs as they shall be. */
    inputs: Properties;
    /** What the state knows so far. */
    known: Known;
}

/** An object as the service shows it: every property that the answer held, in declared form; null where it is empty. */
export type Remote = Properties;

/** What was found under the natural key of an object that is to be created. */
export interface Found {
    id: string;
    remote: Remote;
    /** Belongs to somebody else or to another parent: for us the name is taken, nothing more. */
    foreign: boolean;
    /** Why it cannot be taken over although it is ours; empty when it holds nothing. */
    obstacles: readonly string[];
}

/** An object as a list of its parent shows it. */
export interface Listed {
    id: string;
    remote: Remote;
    /** What `listedAs` may find it by; by default its id. */
    names?: readonly string[];
    /** The object as its own read would show it to a resource with this id and state, as far as the list tells; by default `remote`. */
    shown?(context: VerbContext, id: string, known: Known): Remote | undefined | Promise<Remote | undefined>;
}

/** A ceiling of the plan that a create would meet. */
export interface Ceiling {
    /** Name of the limit, "workspaces of the organization acme". */
    name: string;
    allowed: number;
    used: number;
    /** What to do about it, where another plan would not help. */
    advice?: string;
}

/** Whose an object is that owns all below it, as the caller sees it. */
export interface Holder {
    /** What people know the object by. */
    name: string;
    /** The caller's role there; null when it is certain that the caller has none, undefined when the service does not say. */
    role: string | null | undefined;
    /** Who owns it, as far as the caller may see that. */
    owner?(): Promise<string | undefined>;
}

/** What a guard counts, when it is asked before what lies below goes: what others have made. */
export interface Makers {
    /** Whether this run has seen the object in the state. */
    has(kind: string, id: string): boolean;
    /** What uploads of this stack are marked with. */
    mark: string | undefined;
}

/** What the recorded state demands although no input differs, and the property that says why. */
export interface Demand {
    action: "update" | "replace";
    property: string;
}

/** An input that names the parent by its id, and the parent's kind. */
export interface Parent {
    input: string;
    kind: string;
}

export interface ResourceDefinition {
    /** PascalCase, as in programs: `Workspace`. */
    kind: string;
    /** As in sentences: "workspace". */
    noun: string;
    /** Markdown for hover, schema and reference. */
    description: string;
    /** How it is imported, for the reference. */
    importedBy: string;
    inputs: z.ZodObject;
    /** What the service computes. Inputs are outputs as well and not repeated here. */
    outputs: z.ZodObject;
    /** The API's key of every input and output that has one. */
    wire: Record<string, string>;
    /** The input that names the parent; several where the parent can be of several kinds, of which a program declares one. */
    parent?: Parent | readonly Parent[];
    rules?: readonly Rule[];
    /** Complete argument sets: `minimal` and `full` serve the tests and the docs, `changed` has another value for every property of `full` that can change with the others. */
    samples: { minimal: Properties; full: Properties; changed: Properties };
    /** The id, where the inputs alone decide it: two resources of a program cannot both have it. */
    idOf?(inputs: Properties): string;
    /** The name under which one object is known in this process; by default its id. Two resources with a common name are the same object. */
    identities?(id: string, known: Known): string[];
    /** The inputs that together are a name which nothing beside it may have: what a node is called, and the folder in which it lies. */
    named?: readonly string[];
    /** What would be in the way of the plan. Asked before a create. */
    ceiling?(context: VerbContext, inputs: Properties): Promise<Ceiling | undefined>;
    /**
     * Whether a listing of the parent, taken once in a run, lacks what these inputs name: then nothing is looked for before the
     * create. What it lacks may be there by now; that the service says itself.
     */
    unlisted?(context: VerbContext, inputs: Properties): Promise<boolean>;
    /** The unique names of what is listed under the parent of these inputs, taken once in a run: among them a create finds its own work. */
    namesBeside?(context: VerbContext, inputs: Properties): Promise<string[]>;
    /** What already answers to the natural key of these inputs at this moment, as far as the caller can see. */
    find?(context: VerbContext, inputs: Properties): Promise<Found | undefined>;
    /** Makes the object. The id is saved as soon as this answers. */
    create(context: VerbContext, inputs: Properties): Promise<{ id: string; remote?: Remote | undefined }>;
    /** Undefined when the API itself says that the object is not there; any doubt is an error. */
    read(context: VerbContext, id: string, known: Known): Promise<Remote | undefined>;
    /** The object under a name that it is imported by: its id, and the inputs that its own read does not show. */
    resolve?(context: VerbContext, named: string): Promise<{ id: string; inputs: Properties } | undefined>;
    /**
     * Writes the bytes that the service has for an asset of the kind into a file: what an import needs to declare it.
     * Answers the name that the asset would have as a file, and undefined when there is none.
     */
    saveAsset?(context: VerbContext, id: string, property: string, file: string): Promise<string | undefined>;
    /**
     * The objects of the kind under a parent, each with what the list shows of it; of one part of
     * them, or of all. Of a kind without a parent all that the account has. Of a list that can be long, `arrived` is told
     * of each page as it comes.
     */
    list?(
        context: VerbContext,
        parent: { kind: string; id: string },
        part?: string,
        arrived?: (page: readonly Listed[]) => void,
    ): Promise<Listed[]>;
    /**
     * Where the service lists what is under a parent in several parts: those in which an object may stand that is known like
     * this, the likeliest first.
     */
    partsOf?(known: Known): string[];
    /**
     * What is left of an object that is in none of its parts, each listed to its end in this run: undefined when it is gone.
     * Without it no list is evidence of that, and the object is read directly.
     */
    unlistedNow?(context: VerbContext, id: string, known: Known): Remote | undefined | Promise<Remote | undefined>;
    /** What a refresh tells the reader about an object that is as it was wished for and still wants a word: its end has come, somebody declined. */
    notice?(context: VerbContext, id: string, known: Known): string | undefined;
    /** The names under which a list has an object that is known like this, the surest first; by default its id. */
    listedAs?(id: string, known: Known): string[];
    /** The service shows objects of the kind in lists only, so a list tells all that a read does. */
    readsList?: true;
    update(context: VerbContext, id: string, change: Change): Promise<Remote | undefined>;
    delete(context: VerbContext, id: string, known: Known): Promise<void>;
    /**
     * What forbids a delete without `forceDestroy`, in words: "3 files". With `makers` only what the stack has not made, as far
     * as that can be told. A kind with a guard is deleted before its replacement is made.
     */
    guard?(context: VerbContext, id: string, known: Known, makers?: Makers): Promise<string[]>;
    /** A delete of what is known like this has nothing to ask of the service. */
    isOver?(known: Known): boolean;
    /** For the kind that owns all below it: whose it is now; undefined when it is gone. */
    holder?(context: VerbContext, id: string): Promise<Holder | undefined>;
    /** What an object lies in of which the id alone is known; for kinds between those with a holder and what lies below. */
    within?(context: VerbContext, id: string): Promise<{ kind: string; id: string } | undefined>;
    /** For kinds without a parent: whether the account, asked anew, still lists the object. */
    listed?(context: VerbContext, id: string): Promise<boolean>;
    /** Archived objects refuse changes; the lifecycle opens them for the change and closes them again. */
    archive?(context: VerbContext, id: string, archived: boolean): Promise<void>;
    /** What the recorded state itself demands, beyond a difference of inputs. Makes no call. */
    demands?(known: Known, inputs: Properties): Demand | undefined;
}

/** Checks the parts of a definition against each other while it is loaded, so that a mistake in it is found by the first test. */
export function defineResource(definition: ResourceDefinition): ResourceDefinition {
    const names = new Set([...propertyNames(definition.inputs), ...propertyNames(definition.outputs)]);
    for (const name of names) {
        if (!metaOf(definition, name).description) throw new Error(`${definition.kind}.${name} has no description`);
    }
    for (const name of Object.keys(definition.wire)) {
        if (!names.has(name)) throw new Error(`${definition.kind}.wire names ${name}, which is no property`);
    }
    return definition;
}

/** The inputs that can name the parent. */
export function parentsOf({ parent = [] }: Pick<ResourceDefinition, "parent">): Parent[] {
    return [parent].flat();
}

/** The parent that these properties name, by its kind and id. */
export function parentOf(
    definition: Pick<ResourceDefinition, "parent">,
    properties: Properties,
): { kind: string; id: string } | undefined {
    return parentsOf(definition).flatMap(({ input, kind }) => {
        const id = properties[input];
        return typeof id === "string" ? [{ kind, id }] : [];
    })[0];
}

/** The names of an object schema's properties, in the order of the definition. */
export function propertyNames(schema: z.ZodObject): string[] {
    return Object.keys(schema.shape);
}

/** The metadata of an input or output, wherever `.optional()` stands in the chain. */
export function metaOf(
    definition: Pick<ResourceDefinition, "inputs" | "outputs">,
    name: string,
): Readonly<z.GlobalMeta> {
    // A program may name a property as every object has them: `constructor`.
    const { shape } = [definition.inputs, definition.outputs].find((one) => Object.hasOwn(one.shape, name)) ?? {};
    return shape === undefined ? {} : schemaMeta(shape[name] as z.ZodType);
}

/** The metadata of a schema, wherever `.optional()` stands in the chain. */
export const schemaMeta: (schema: z.ZodType) => Readonly<z.GlobalMeta> = derived((schema) => {
    const inner = (schema as z.ZodOptional).def.innerType as z.ZodType | undefined;
    return { ...(inner === undefined ? {} : schemaMeta(inner)), ...schema.meta() };
});

/** The schema of a value that is there. */
export function innerSchema(schema: z.ZodType): z.ZodType {
    return schema instanceof z.ZodOptional ? innerSchema(schema.unwrap() as z.ZodType) : schema;
}

/** The input under which the service knows the object uniquely: a domain, a folder name. */
export function uniqueInput(definition: ResourceDefinition): string | undefined {
    return uniqueInputs(definition)[0];
}

/** The inputs that no two objects on the service have in common. */
export function uniqueInputs(definition: ResourceDefinition): string[] {
    return propertyNames(definition.inputs).filter((name) => metaOf(definition, name).unique);
}
