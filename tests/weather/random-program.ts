/** Programs made at random, and edits of them, from nothing but the definitions: each is one that a user could write. */
import fc, { type GeneratorValue } from "fast-check";
import type * as z from "zod";
import { textAsset } from "../../provider/core/assets";
import { argumentFailures } from "../../provider/core/check";
import { metaOf, type Properties, type ResourceDefinition } from "../../provider/core/define";
import { resources, resourcesByKind } from "../../provider/resources";
import type { Declaration } from "../lifecycle/fixture";
import { edgesOf } from "./inverted";
import { referencesOf, withReferences } from "./stack";

/** A value of the arbitrary; the same seed draws the same values. */
export type Draw = <T>(arbitrary: fc.Arbitrary<T>) => T;

/** The draws of a seed. */
export function drawsOf(seed: number): Draw {
    const [draw] = fc.sample(fc.gen(), { seed, numRuns: 1 });
    return (arbitrary) => (draw as GeneratorValue)(() => arbitrary);
}

/** People who have an account before the program runs; a program names them by e-mail address or as `$account-1.userId`. */
export const accounts = [1, 2, 3, 4, 5, 6].map((number) => `account-${number}`);

/** What stays below the limits of a plan also while something is replaced. */
const most: Record<string, number> = { Organization: 2, Workspace: 3, WorkspaceMember: 2, TransferToken: 2 };
const mostOfOneParent = 6;

/** The input that names what a resource lies in, for kinds with one such parent. */
const parentInputs = (kind: string) => [definitionOf(kind).parent ?? []].flat();

/** Given by the program's structure, or not known to every version of the service. */
const notDrawn = ["storageMode", "folderId", "parentId", "userId", "downloadSecurity"];

export function definitionOf(kind: string): ResourceDefinition {
    const definition = resourcesByKind.get(kind);
    if (definition === undefined) throw new Error(`no ${kind}`);
    return definition;
}

/** Where a program is brought about. */
export interface Surroundings {
    /** The name, among what is given, of an organization that the program does not declare and in which others work as well. */
    organization?: string;
    /** Begins every name that must be unique. */
    prefix?: string;
    /** Properties that the service there does not take on every plan. */
    without?: readonly string[];
}

/** What an organization has one of, or few of. */
const notShared = new Set(["Organization", "OrganizationBranding", "TransferToken"]);

export class RandomProgram {
    /** What is referred to comes before what refers to it. */
    declarations: Declaration[] = [];
    #named = 0;
    /** Since the last run. */
    readonly #changed = new Set<string>();
    readonly #renamed = new Set<string>();
    readonly #moved = new Set<string>();
    /** What files have been moved out of, with all above it. */
    readonly #left = new Set<string>();

    constructor(
        readonly draw: Draw,
        readonly surroundings: Surroundings = {},
    ) {}

    /** A program of so many resources. */
    static ofSize(draw: Draw, size: number, surroundings: Surroundings = {}): RandomProgram {
        const program = new RandomProgram(draw, surroundings);
        while (program.declarations.length < size) program.add();
        return program;
    }

    /** What is declared has been brought about. */
    settled(): void {
        this.#changed.clear();
        this.#renamed.clear();
        this.#moved.clear();
        this.#left.clear();
    }

    named(name: string): Declaration | undefined {
        return this.declarations.find((one) => one.name === name);
    }

    /** Declares one thing more, where there is a place for it. */
    add(): string | undefined {
        const places = resources.flatMap(({ kind }) => {
            const all = this.#placesFor(kind);
            return all.length === 0 ? [] : [{ kind, all }];
        });
        const { kind, all } = this.#pick(places);
        const name = `${kind}-${this.#next()}`;
        const base: Declaration = { kind, name, args: { ...this.#pick(all), ...this.#required(kind) } };
        const [account] = this.#accountsFor(kind);
        if (account !== undefined && this.draw(fc.noBias(fc.nat(3))) === 0) {
            delete base.args.email;
            base.args.userId = `$${account}.userId`;
        }
        let made = base;
        for (const property of this.#optional(kind)) {
            if (!this.draw(fc.boolean())) continue;
            const fuller = { ...made, args: { ...made.args, [property]: this.value(kind, property) } };
            if (this.#isSound(fuller)) made = fuller;
        }
        this.#settle([...this.declarations, made]);
        return `adds ${name}`;
    }

    /** A change of the program's text, in words; undefined when what was drawn cannot be done. */
    edit(): string | undefined {
        const edits = [this.#change, this.#change, this.#change, this.#move, this.#remove, this.#rename, this.add];
        return this.#pick(edits).call(this);
    }

    /** A value that the definition allows, and that nothing else has where it must be unique. */
    value(kind: string, property: string): unknown {
        const fresh = `${this.surroundings.prefix ?? ""}${this.#next()}`;
        if (property === "domain") return `org-${fresh}`;
        if (property === "folderName") return this.#pick([`Space-${fresh}`, `space-${fresh}`, `raum-ä${fresh}`]);
        if (property === "customName") return this.#pick([`Room-${fresh}`, `room-${fresh}`]);
        if (property === "customUrl") return `address-of-${fresh}`;
        if (property === "email") {
            const known = this.#accountsFor(kind).map((account) => `${account}@example.com`);
            return this.#pick([`person-${fresh}@example.com`, `Person-${fresh}@Example.com`, ...known.slice(0, 1)]);
        }
        if (property === "name" && ["Folder", "File"].includes(kind))
            return this.#pick([`part ${fresh}`, `Teil ${fresh} ü`, `${fresh}.txt`, `${"x".repeat(200)}${fresh}`]);
        const definition = definitionOf(kind);
        if (metaOf(definition, property).form === "asset")
            return textAsset(`<svg xmlns="http://www.w3.org/2000/svg" width="${fresh}"/>`);
        if (property === "triggers") return { round: `${fresh}` };
        // Everything in a closed place is opened and closed for each change: rather seldom.
        if (property === "archived") return this.draw(fc.noBias(fc.nat(5))) === 0;
        const { samples, inputs } = definition;
        const known = [samples.full[property], samples.changed[property]].filter((one) => one !== undefined);
        const edges = edgesOf(inputs.shape[property] as z.ZodType);
        // The engine's own protocol has no such key.
        return this.#pick([...edges.filter((one) => !JSON.stringify(one).includes("__proto__")), ...known, ...known]);
    }

    /** Everything that lies in the resource or refers to it, however far. */
    dependentsOf(name: string): Set<string> {
        const found = new Set<string>();
        for (const one of this.declarations) {
            if (referencesOf(one.args).some((it) => it === name || found.has(it))) found.add(one.name);
        }
        return found;
    }

    /** The property of one resource: another value, or none any more. */
    #change(): string | undefined {
        const before = this.#pick(this.declarations);
        const { kind, name } = before;
        const property = this.#pick([...Object.keys(this.#required(kind)), ...this.#optional(kind)]);
        const { [property]: declared, ...others } = before.args;
        const removes = declared !== undefined && this.draw(fc.noBias(fc.nat(2))) === 0;
        const args = removes ? others : { ...others, [property]: this.value(kind, property) };
        if (this.#renamed.has(name) || !this.#isSound({ kind, name, args })) return undefined;
        this.#changed.add(name);
        this.#replace({ ...before, args });
        return `${removes ? "removes" : "changes"} ${name}.${property}`;
    }

    /**
     * To another place, where the kind has one. What a file is moved out of does not move in the same run: the old file
     * goes at the end, and is in the way of a delete until then.
     */
    #move(): string | undefined {
        const before = this.#pick(this.declarations);
        const { kind, name, args } = before;
        const inside = this.dependentsOf(name);
        const containers = parentInputs(kind).map(({ input }) => input);
        const places = this.#placesFor(kind, name).filter((place) => {
            if (referencesOf(place).some((one) => inside.has(one))) return false;
            // What lies in a folder does not follow it into another storage.
            return kind !== "Folder" || inside.size === 0 || containers.every((input) => place[input] === args[input]);
        });
        if (places.length === 0) return undefined;
        const place = this.#pick(places);
        const { workspaceId: _, shareId: __, organizationId: ___, folderId: ____, parentId: _____, ...rest } = args;
        const { storageMode: ______, ...kept } = rest;
        // A name that is unique on the whole service is free only when its holder is gone.
        const renamed = Object.fromEntries(
            Object.keys(kept)
                .filter((property) => metaOf(definitionOf(kind), property).unique)
                .map((property) => [property, this.value(kind, property)]),
        );
        const after = { ...before, args: { ...kept, ...place, ...renamed } };
        if (JSON.stringify(after.args) === JSON.stringify(args) || !this.#isSound(after)) return undefined;
        const above = this.#above(name);
        if ([name, ...above].some((one) => this.#moved.has(one)) || this.#left.has(name)) return undefined;
        this.#moved.add(name);
        if (kind === "File") for (const one of above) this.#left.add(one);
        this.#replace(after);
        return `moves ${name} to ${JSON.stringify(place)}`;
    }

    /** Everything that the resource lies in. */
    #above(name: string): string[] {
        return referencesOf(this.named(name)?.args).flatMap((one) => [one, ...this.#above(one)]);
    }

    /** One resource, and what depends on it. */
    #remove(): string | undefined {
        const { name } = this.#pick(this.declarations);
        const going = this.dependentsOf(name).add(name);
        if (going.size === this.declarations.length) return undefined;
        this.declarations = this.declarations.filter((one) => !going.has(one.name));
        return `removes ${[...going].join(", ")}`;
    }

    /**
     * Under another name in the program; nothing that others refer to, and nothing that changes as well: whoever has another
     * name does not know what the program withdraws.
     */
    #rename(): string | undefined {
        const before = this.#pick(this.declarations);
        const { kind, name } = before;
        if (!/Member|Branding|Token/.test(kind) || this.#changed.has(name)) return undefined;
        const renamed = `${kind}-${this.#next()}`;
        this.#renamed.add(renamed);
        this.declarations = this.declarations.map((one) => (one === before ? { ...one, name: renamed } : one));
        return `calls ${name} ${renamed}`;
    }

    #replace(after: Declaration): void {
        this.#settle(this.declarations.map((one) => (one.name === after.name ? after : one)));
    }

    /** Puts what is referred to before what refers to it. */
    #settle(declarations: readonly Declaration[]): void {
        const left = new Map(declarations.map((one) => [one.name, one]));
        this.declarations = [];
        while (left.size > 0) {
            const ready = [...left.values()].filter(({ args }) => referencesOf(args).every((name) => !left.has(name)));
            if (ready.length === 0) throw new Error("a circle of references");
            for (const one of ready) {
                this.declarations.push(one);
                left.delete(one.name);
            }
        }
    }

    /** Those whom no resource of the kind names. */
    #accountsFor(kind: string): string[] {
        if (!kind.endsWith("Member") || this.surroundings.organization !== undefined) return [];
        const named = this.declarations
            .filter((one) => one.kind === kind)
            .map(({ args }) => String(args.email ?? args.userId).replace(/^\$|[@.].*$/g, ""));
        return accounts.filter((account) => !named.includes(account));
    }

    /** The references of every place that a resource of the kind can have. */
    #placesFor(kind: string, moving?: string): Properties[] {
        const { organization } = this.surroundings;
        if (organization !== undefined && notShared.has(kind)) return [];
        const given: Declaration[] =
            organization === undefined ? [] : [{ kind: "Organization", name: organization, args: {} }];
        const others = [...given, ...this.declarations.filter((one) => one.name !== moving)];
        const ofKind = others.filter((one) => one.kind === kind);
        const parents = parentInputs(kind);
        if (parents.length === 0) return ofKind.length < (most[kind] ?? mostOfOneParent) ? [{}] : [];
        const places = parents.flatMap(({ input, kind: above }) =>
            others
                .filter((one) => one.kind === above)
                .map(({ name, args }) => ({ input, args, reference: `$${name}.id` })),
        );
        const within = (reference: string) => ofKind.filter(({ args }) => Object.values(args).includes(reference));
        return places.flatMap(({ input, args, reference }): Properties[] => {
            const limit = kind.endsWith("Branding") ? 1 : (most[kind] ?? mostOfOneParent);
            if (within(reference).length >= limit) return [];
            const place = { [input]: reference };
            const folders = others.filter((one) => one.kind === "Folder" && one.args[input] === reference);
            if (kind === "Share") {
                const shared = new Set(ofKind.map((one) => one.args.folderId));
                const free = folders.filter((one) => !shared.has(`$${one.name}.id`));
                const ofFolder = (folder: string) => ({ storageMode: "workspace_folder", folderId: `$${folder}.id` });
                return [place, ...free.map((one) => ({ ...place, ...ofFolder(one.name) }))];
            }
            const placedBy = { Folder: "parentId", File: "folderId" }[kind];
            if (placedBy === undefined) return [place];
            // What a share shows of its workspace is the workspace's.
            if (args.storageMode === "workspace_folder") return [];
            return [place, ...folders.map((one) => ({ ...place, [placedBy]: `$${one.name}.id` }))];
        });
    }

    #required(kind: string): Properties {
        const { inputs, samples } = definitionOf(kind);
        const places = parentInputs(kind).map(({ input }) => input);
        return Object.fromEntries(
            Object.keys(samples.minimal)
                .filter((property) => property in inputs.shape && !places.includes(property))
                .map((property) => [property, this.value(kind, property)]),
        );
    }

    #optional(kind: string): string[] {
        const { inputs, samples } = definitionOf(kind);
        const { without = [] } = this.surroundings;
        const notThere = [...notDrawn, ...without, ...parentInputs(kind).map(({ input }) => input)];
        return Object.keys(inputs.shape).filter(
            (property) => !(property in samples.minimal) && !notThere.includes(property),
        );
    }

    #isSound({ kind, args }: Declaration): boolean {
        // Where its folder goes and comes back, such a share is replaced, which check refuses while the name stays the same.
        if (args.folderId !== undefined && kind === "Share" && (args.customName ?? args.customUrl) !== undefined)
            return false;
        const known = withReferences(args, (name) => ({
            id: this.#standIn(name),
            userId: this.#standIn(name),
        })) as Properties;
        return argumentFailures(definitionOf(kind), known).length === 0;
    }

    /** What an id of the resource looks like. */
    #standIn(name: string): string {
        const { kind = "", args = {} } = this.named(name) ?? {};
        const number = `1${(name.split("-").at(-1) ?? "").padStart(18, "0")}`;
        if (!["Folder", "File"].includes(kind)) return number;
        const [container = ""] = referencesOf([args.workspaceId ?? args.shareId]);
        return `${this.#standIn(container)}/2abcd-${number}`;
    }

    #pick<T>(all: readonly T[]): T {
        return this.draw(fc.constantFrom(...all));
    }

    #next(): number {
        this.#named += 1;
        return this.#named;
    }
}
