/** What people do with the things of a stack without telling it, by hand and through the API. */
import fc from "fast-check";
import { metaOf } from "../../provider/core/define";
import { toForm } from "../../provider/core/wire";
import type { Declaration } from "../lifecycle/fixture";
import type { Service } from "../verbs/service";
import { type Draw, definitionOf, type RandomProgram } from "./random-program";
import type { Remembered } from "./stack";
import { pathOf, type Witness } from "./witness";

/** Something that is done to one resource. */
interface Deed {
    says: string;
    /** The property that gets another value. */
    property?: string;
    do(): Promise<unknown>;
}

export class BehindTheBack {
    readonly #draw: Draw;

    constructor(
        readonly service: Service,
        readonly program: RandomProgram,
        readonly stack: Remembered,
        readonly witness: Witness,
    ) {
        this.#draw = program.draw;
    }

    /** Does one thing, and says what; undefined when the service refused it or there was nothing to do it to. */
    async act(): Promise<string | undefined> {
        if (this.#draw(fc.noBias(fc.nat(19))) === 0) {
            // Four days are longer than a transfer token lives.
            await this.service.advance(4 * 24 * 3600);
            return "four days pass";
        }
        const there = this.program.declarations.filter(({ name }) => this.stack.state(name) !== undefined);
        if (there.length === 0) return undefined;
        const declaration = this.#pick(there);
        const deeds = this.#deeds(declaration, this.stack.state(declaration.name)?.id ?? "");
        if (deeds.length === 0) return undefined;
        const deed = this.#pick(deeds);
        const isDone = await deed.do().then(
            () => true,
            () => false,
        );
        if (!isDone) return undefined;
        if (deed.property !== undefined) this.witness.changedByHand(declaration.name, deed.property);
        return `somebody ${deed.says} (${declaration.name})`;
    }

    /** Gives one property of something that has been made another value; what the service refuses does not happen. */
    async changeSomething(): Promise<void> {
        const there = this.program.declarations.filter(
            ({ kind, name }) =>
                this.stack.state(name) !== undefined && /^(Organization|Workspace|Share)(Branding)?$/.test(kind),
        );
        if (there.length === 0) return;
        const declaration = this.#pick(there);
        const { kind, name, args } = declaration;
        const { property, do: change } = this.#change(
            declaration,
            pathOf(kind, this.stack.state(name)?.id ?? "", args),
        );
        const isDone = await change().then(
            () => true,
            () => false,
        );
        if (isDone && property !== undefined) this.witness.changedByHand(name, property);
    }

    #deeds(declaration: Declaration, id: string): Deed[] {
        const { kind, args } = declaration;
        const path = pathOf(kind, id, args);
        const [parent = "", own = ""] = id.split("/");
        const { service } = this;
        if (kind === "TransferToken")
            return [{ says: "revokes the token", do: () => service.api("DELETE", `${path}/transfer/token/${own}/`) }];
        if (kind === "Folder" || kind === "File") return this.#nodeDeeds(declaration, path);
        if (kind.endsWith("Member")) {
            const isPending = this.stack.state(declaration.name)?.outputs.status === "pending";
            const person = { email: own, parentId: parent };
            const update = `${path}/members/invitation/${own}/`;
            const role = this.#pick(["admin", "member"]);
            if (!isPending) {
                const userId = String(this.stack.state(declaration.name)?.outputs.userId);
                return [
                    {
                        says: `makes the member ${role}`,
                        property: "role",
                        do: () => service.api("POST", `${path}/member/${userId}/update/`, { permissions: role }),
                    },
                    { says: "removes the member", do: () => service.api("DELETE", `${path}/members/${userId}/`) },
                ];
            }
            return [
                { says: "accepts the invitation", do: () => service.control("POST", "invitations/accept", person) },
                { says: "declines the invitation", do: () => service.control("POST", "invitations/decline", person) },
                { says: "revokes the invitation", do: () => service.api("DELETE", update) },
                {
                    says: `invites as ${role}`,
                    property: "role",
                    do: () => service.api("POST", update, { permissions: role }),
                },
            ];
        }
        const changes = [1, 2, 3, 4].map(() => this.#change(declaration, path));
        const closing = kind === "Organization" ? `${path}/close/` : `${path}/delete/?confirm=${id}`;
        const method = kind === "Organization" ? "POST" : "DELETE";
        if (kind.endsWith("Branding")) return [...changes, ...this.#imageDeeds(declaration, path)];
        const closes: Deed = { says: "closes it", do: () => service.api(method, closing, { confirm: id }) };
        if (kind === "Organization") return [...changes, ...changes, closes];
        const opens = this.#pick(["archive", "unarchive"]);
        return [
            ...changes,
            closes,
            { says: `${opens}s it`, property: "archived", do: () => service.api("POST", `${path}/${opens}/`, {}) },
        ];
    }

    /** Another value for one property that has a field of the API. */
    #change({ kind }: Declaration, path: string): Deed {
        const definition = definitionOf(kind);
        const properties = Object.keys(definition.wire).filter((one) => {
            const { immutable, writeOnly } = metaOf(definition, one);
            return (
                one in definition.inputs.shape &&
                !immutable &&
                !writeOnly &&
                !["archived", "downloadSecurity"].includes(one)
            );
        });
        const property = this.#pick(properties);
        const value = this.program.value(kind, property);
        const form = Object.fromEntries(
            Object.entries(toForm(definition, { [property]: value })).map(([key, field]) => [key, String(field ?? "")]),
        );
        return {
            says: `sets ${property} to ${JSON.stringify(value).slice(0, 60)}`,
            property,
            do: () => this.service.api("POST", `${path}/update/`, form),
        };
    }

    /** Deletes a declared image, or puts another one in its place. */
    #imageDeeds({ kind, args }: Declaration, path: string): Deed[] {
        return Object.keys(args)
            .filter((property) => metaOf(definitionOf(kind), property).form === "asset")
            .flatMap((property) => [
                {
                    says: `deletes the ${property}`,
                    do: () => this.service.api("DELETE", `${path}/assets/${property}/`),
                },
                {
                    says: `uploads another ${property}`,
                    do: () => this.#upload(`${path}/assets/${property}/`, {}, "<svg/>", `${property}.svg`),
                },
            ]);
    }

    #nodeDeeds({ kind, args }: Declaration, path: string): Deed[] {
        const { service } = this;
        const name = String(this.program.value(kind, "name"));
        const container = args.workspaceId ?? args.shareId;
        const folders = this.program.declarations.filter(
            (one) => one.kind === "Folder" && (one.args.workspaceId ?? one.args.shareId) === container,
        );
        const targets = folders.flatMap((one) => this.stack.state(one.name)?.id.split("/")[1] ?? []);
        const target = this.#pick(["root", ...targets]);
        const node = path.split("/").at(-1) ?? "";
        const deeds: Deed[] = [
            { says: "renames it", property: "name", do: () => service.api("POST", `${path}/update/`, { name }) },
            {
                says: "moves it",
                property: "parentId",
                do: () => service.api("POST", `${path}/move/`, { parent: target }),
            },
            { says: "throws it away", do: () => service.api("DELETE", `${path}/delete/`) },
        ];
        if (kind === "Folder") return deeds;
        const [segment = "", instance = ""] = path.split("/");
        const text = `by hand: ${encodeURIComponent(name)}`;
        const fields = { name: "x.txt", size: `${text.length}`, action: "update", file_id: node };
        const place = { ...fields, profile_type: segment, instance_id: instance };
        return [...deeds, { says: "uploads other bytes", do: () => this.#upload("upload/", place, text, "x.txt") }];
    }

    async #upload(path: string, fields: Record<string, string>, text: string, name: string): Promise<void> {
        const form = new FormData();
        for (const [key, value] of Object.entries(fields)) form.set(key, value);
        form.set(path === "upload/" ? "chunk" : "file", new Blob([text]), name);
        const { baseUrl, emulator } = this.service;
        const headers = { Authorization: `Bearer ${emulator.token}` };
        const answer = await fetch(new URL(path, baseUrl), { method: "POST", headers, body: form });
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    }

    #pick<T>(all: readonly T[]): T {
        return this.#draw(fc.constantFrom(...all));
    }
}
