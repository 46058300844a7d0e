/** What is on the service against what a program declares, seen through the API by hand: no code of the provider's client or verbs. */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { metaOf, type Properties } from "../../provider/core/define";
import { fallbackOf } from "../../provider/core/fallback";
import type { Declaration } from "../lifecycle/fixture";
import type { ParentSegment, Service, Shown } from "../verbs/service";
import { definitionOf } from "./random-program";
import { type Remembered, referencesOf, withReferences } from "./stack";

/** Properties by the name of a resource. */
export type Withdrawn = Map<string, Set<string>>;

const segments = { Organization: "org", Workspace: "workspace", Share: "share" } as const;

/** The keys of the API that are not the property's own name. */
const otherKeys: Record<string, string> = {
    role: "permissions",
    commentsEnabled: "comments",
    "Folder.parentId": "parent",
    "File.folderId": "parent",
    folderId: "folder_node_id",
};

/** Properties that the API has no key for, or whose value is looked at elsewhere: places, people, bytes. */
const withoutKey =
    /^(organizationId|workspaceId|shareId|email|userId|message|invitationExpires|triggers|rotateWhenExpired|forceDestroy|password|logo|banner|background|source|downloadSecurity)$/;

/** The value of a property in what the API shows of an object; undefined where it shows none. */
function isShownAt(kind: string, property: string, shown: Shown): { value: unknown } | undefined {
    if (withoutKey.test(property)) return undefined;
    // An invitation shows neither; they are the membership's.
    if (shown.status === "pending" && ["expires", "notifyOptions"].includes(property)) return undefined;
    if (property === "links") {
        const links = ["link_1", "link_2", "link_3"].map((key) => parsed(shown[key])).filter((one) => one);
        return { value: links.length === 0 ? null : links };
    }
    // A newer service shows the finer switch instead.
    if (property === "downloadEnabled" && !("download_enabled" in shown))
        return { value: shown.download_security === "off" };
    const ownKey = property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const keys = [otherKeys[`${kind}.${property}`], otherKeys[property], ownKey, "notifications"];
    const key = keys.find((one) => one !== undefined && one in shown);
    return { value: key === undefined ? "not shown" : shown[key] };
}

/** The kind of thing that a kind is a part of, or is itself: `Share` of ShareMember. */
function familyOf(kind: string): keyof typeof segments {
    return (/^(Organization|Workspace|Share)/.exec(kind)?.[1] ?? "Organization") as keyof typeof segments;
}

/** Where the API shows the object of a kind with this id. */
export function pathOf(kind: string, id: string, args: Properties): string {
    const [container = "", node = ""] = id.split("/");
    if (kind === "Folder" || kind === "File")
        return `${args.shareId === undefined ? "workspace" : "share"}/${container}/storage/${node}`;
    return `${segments[familyOf(kind)]}/${container}`;
}

export class Witness {
    /** What the program declared once and does not any more, and what the service does not show on its own account. */
    readonly withdrawn: Withdrawn = new Map();
    /** The properties of brandings that were removed from the program, by kind and what was branded. */
    readonly #cleared = new Map<string, Set<string>>();

    constructor(
        readonly service: Service,
        readonly stack: Remembered,
    ) {}

    /** Everything that is otherwise than the program says, in words. */
    async differences(program: readonly Declaration[]): Promise<string[]> {
        const all = await Promise.all(program.map((one) => this.#differencesOf(one)));
        return [...all.flat(), ...(await this.#uncleared())];
    }

    /** What a removed branding left behind on what it branded. */
    async #uncleared(): Promise<string[]> {
        const all = [...this.#cleared].map(async ([place, properties]) => {
            const [kind, [parent]] = JSON.parse(place) as [string, [string]];
            const { id } = this.#known(parent);
            const shown = typeof id !== "string" ? undefined : await this.#look(kind, id, {});
            if (shown === undefined) return [];
            return [...properties].flatMap((property) => {
                const { reset } = metaOf(definitionOf(kind), property);
                const found = isShownAt(kind, property, shown);
                const wanted = typeof reset === "object" ? reset.to : null;
                return found === undefined || isSame(undefined, found.value, wanted)
                    ? []
                    : [`${kind} of ${parent} left ${property} ${JSON.stringify(found.value)}`];
            });
        });
        return (await Promise.all(all)).flat();
    }

    /** A property that the program declares no more goes back to what the service has by itself. */
    programChanged(before: readonly Declaration[], after: readonly Declaration[]): void {
        for (const { name, kind, args } of after) {
            const former = before.find((one) => one.name === name);
            const all = this.withdrawn.get(name) ?? new Set();
            for (const property of Object.keys(former?.args ?? {})) {
                if (!(property in args) && metaOf(definitionOf(kind), property).reset !== "keep") all.add(property);
            }
            this.withdrawn.set(name, all);
        }
        for (const { kind, args } of before.filter((one) => one.kind.endsWith("Branding"))) {
            const place = JSON.stringify([kind, referencesOf(args)]);
            this.#cleared.set(place, new Set([...Object.keys(args), ...(this.#cleared.get(place) ?? [])]));
        }
        for (const { kind, args } of after) this.#cleared.delete(JSON.stringify([kind, referencesOf(args)]));
    }

    /** What somebody set by hand is theirs where the program says nothing of it. */
    changedByHand(name: string, property: string): void {
        this.withdrawn.get(name)?.delete(property);
    }

    async #differencesOf(declaration: Declaration): Promise<string[]> {
        const { kind, name } = declaration;
        const state = this.stack.state(name);
        if (state === undefined) return [`${name} is not in the state`];
        const args = withReferences(declaration.args, (other) => this.#known(other)) as Properties;
        if (kind.endsWith("Member") && isOver(state.outputs.status)) return [];
        const shown = await this.#look(kind, state.id, args).catch((error: Error) => error.message);
        if (shown === undefined || typeof shown === "string") return [`${name} is not there: ${shown}`];
        const differences = Object.keys(definitionOf(kind).inputs.shape).flatMap((property) => {
            const wanted = this.#wanted(declaration, args, property);
            if (wanted === undefined) return [];
            const found = isShownAt(kind, property, shown);
            const { form, mayLack } = metaOf(definitionOf(kind), property);
            if (mayLack && found?.value === "not shown") return [];
            return found === undefined || isSame(form, found.value, wanted.value)
                ? []
                : [`${name}.${property} is ${JSON.stringify(found.value)}, declared ${JSON.stringify(wanted.value)}`];
        });
        return [...differences, ...(await this.#contents(declaration, state.id, args))];
    }

    /** What a property has to be; undefined where that is left to the service. */
    #wanted({ kind, name }: Declaration, args: Properties, property: string): { value: unknown } | undefined {
        const { fallbackToName, formerFallback, reset, accessRelevant } = metaOf(definitionOf(kind), property);
        if (args[property] !== undefined) {
            const isNode = property === "parentId" || property === "folderId";
            return { value: isNode ? String(args[property]).split("/")[1] : args[property] };
        }
        const fallback = fallbackOf(definitionOf(kind), property, args);
        // What an object has had as a default of earlier releases stays.
        if (formerFallback !== undefined && this.stack.state(name)?.outputs[property] === formerFallback)
            return { value: formerFallback };
        if (accessRelevant || fallback !== undefined)
            return { value: fallback ?? (typeof reset === "object" ? reset.to : null) };
        if (fallbackToName) return { value: name };
        if (!this.withdrawn.get(name)?.has(property)) return undefined;
        return { value: typeof reset === "object" ? reset.to : null };
    }

    async #look(kind: string, id: string, args: Properties): Promise<Shown | undefined> {
        const [parent = "", own = ""] = id.split("/");
        const path = pathOf(kind, id, args);
        if (kind.endsWith("Member")) {
            const members = await this.service.members(parent, segments[familyOf(kind)] as ParentSegment);
            return members.find((one) => one.id === own || String(one.email_address).toLowerCase() === own);
        }
        if (kind === "TransferToken") {
            // One that was revoked by hand or has expired is shown as what it is until the program asks for a new one.
            if (this.stack.state(this.#nameOf(id))?.outputs.status !== "active") return { id };
            const { tokens } = await this.service.api("GET", `org/${parent}/transfer/token/list/`);
            return tokens.find((one) => one.id === own);
        }
        if (kind === "Folder" || kind === "File") {
            const { node } = await this.service.api("GET", `${path}/details/`);
            if (node.trashed || (node.type !== undefined && node.type !== kind.toLowerCase())) return undefined;
            return node.parent === "root" ? { ...node, parent: null } : node;
        }
        const answer = await this.service.api("GET", `${path}/details/`);
        const shown = answer[segments[familyOf(kind)]];
        return shown.closed === true ? undefined : shown;
    }

    /** What others in the program may refer to. */
    #known(name: string): Properties {
        return this.stack.given[name] ?? { id: this.stack.state(name)?.id };
    }

    #nameOf(id: string): string {
        return this.stack.names.find((name) => this.stack.state(name)?.id === id) ?? "";
    }

    /** The bytes of a file and of images, and where a share and a workspace are. */
    async #contents({ kind, name }: Declaration, id: string, args: Properties): Promise<string[]> {
        const { inputs } = definitionOf(kind);
        const assets = Object.keys(inputs.shape).filter(
            (property) => metaOf(definitionOf(kind), property).form === "asset",
        );
        const differences = assets.map(async (property) => {
            const declared = args[property] as { text: string } | undefined;
            if (declared === undefined && !this.withdrawn.get(name)?.has(property)) return [];
            const path = kind === "File" ? "" : `assets/${property}/`;
            const found = await this.#bytes(`${pathOf(kind, id, args)}/${path}read/`);
            const wanted = declared && sha256(declared.text);
            return found === wanted ? [] : [`the bytes of ${name}.${property} are ${found}, declared ${wanted}`];
        });
        if (kind === "Workspace") {
            const organization = await this.service.api("GET", `org/${args.organizationId}/list/workspaces/`);
            const archived = await this.service.api("GET", `org/${args.organizationId}/list/workspaces/?archived=true`);
            const rows = [organization, archived].flatMap(
                (one) => (one as unknown as { workspaces: Shown[] }).workspaces,
            );
            if (!rows.some((one) => one.id === id)) differences.push(Promise.resolve([`${name} is elsewhere`]));
        }
        return (await Promise.all(differences)).flat();
    }

    async #bytes(path: string): Promise<string | undefined> {
        const { baseUrl, emulator } = this.service;
        const answer = await fetch(new URL(path, baseUrl), { headers: { Authorization: `Bearer ${emulator.token}` } });
        return answer.ok ? sha256(Buffer.from(await answer.arrayBuffer())) : undefined;
    }
}

/** How many there are of what the programs of some stacks declare, and of what there has to be: as the census counts, members and invitations together. */
export async function counts(service: Service, stacks: readonly [Remembered, readonly Declaration[]][]) {
    const census = await service.control<Record<string, number>>("GET", "census");
    const { organizationMembers = 0, workspaceMembers = 0, shareMembers = 0, invitations = 0 } = census;
    const all = stacks.flatMap(([stack, program]) =>
        program.map(({ kind, name, args }) => ({ kind, args, status: stack.state(name)?.outputs.status })),
    );
    const ofKind = (pattern: RegExp) => all.filter(({ kind }) => pattern.test(kind));
    const images = ofKind(/Branding$/).flatMap(({ kind, args }) =>
        Object.keys(args).filter((one) => metaOf(definitionOf(kind), one).form === "asset"),
    );
    const { organizations, workspaces, shares, folders, files, notes, assets, transferTokens } = census;
    const people = organizationMembers + workspaceMembers + shareMembers + invitations;
    const found = { organizations, workspaces, shares, folders, files, notes, assets, transferTokens, people };
    const declared: Record<keyof typeof found, number> = {
        organizations: ofKind(/^Organization$/).length,
        workspaces: ofKind(/^Workspace$/).length,
        shares: ofKind(/^Share$/).length,
        folders: ofKind(/^Folder$/).length,
        files: ofKind(/^File$/).length,
        notes: 0,
        assets: images.length,
        transferTokens: ofKind(/^TransferToken$/).filter(({ status }) => status === "active").length,
        people: ofKind(/Member$/).filter(({ status }) => !isOver(status)).length,
    };
    return { found: found as Record<keyof typeof found, number>, declared };
}

/** Who declined is not asked again, and an end that was declared has come: the state says so. */
function isOver(status: unknown): boolean {
    return status === "declined" || status === "expired";
}

function sha256(content: string | Buffer): string {
    return createHash("sha256").update(content).digest("hex");
}

/** Whether what the API shows is what was declared. */
function isSame(form: string | undefined, shown: unknown, declared: unknown): boolean {
    const isEmpty = (value: unknown) => value === null || value === undefined || value === "";
    if (isEmpty(shown) || isEmpty(declared)) return isEmpty(shown) && isEmpty(declared);
    if (form === "datetime") return instant(shown) === instant(declared);
    if (form === "colour") return isDeepStrictEqual(colour(shown), colour(declared));
    if (form === "json" || typeof declared === "object") return isDeepStrictEqual(parsed(shown), parsed(declared));
    return String(shown).toLowerCase() === String(declared).toLowerCase();
}

function instant(text: unknown): number {
    const [, day, time, zone = "Z"] = /^(\S{10})[ T](\S{8})(?:\.\d+)? ?(\S+)?$/.exec(String(text)) ?? [];
    return Date.parse(`${day}T${time}${zone === "UTC" ? "Z" : zone}`);
}

function parsed(value: unknown): unknown {
    try {
        return JSON.parse(typeof value === "string" ? value : JSON.stringify(value));
    } catch {
        return value;
    }
}

function colour(value: unknown): unknown {
    const given = parsed(value);
    const [r, g, b] = typeof given === "string" ? Buffer.from(given.slice(1), "hex") : [];
    return { a: 1, ...(typeof given === "object" ? given : { r, g, b }) };
}
