/** Branding: the colours, choices and images of an organization, a workspace or a share; three kinds over one set of verbs. */

import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import * as z from "zod";
import type { FormValue } from "../api/client";
import { identifier, wrapped } from "../api/envelope";
import { isApiError } from "../api/errors";
import { asset, decodeAsset, hashedAsset, withContent } from "../core/assets";
import {
    defineResource,
    metaOf,
    type Properties,
    propertyNames,
    type Remote,
    type ResourceDefinition,
    type VerbContext,
} from "../core/define";
import { ResourceError } from "../core/errors";
import { colour } from "../core/properties";
import { fromAnswer, toForm } from "../core/wire";

/** What one of the three kinds adds to the common verbs. */
interface Branding extends Pick<ResourceDefinition, "kind" | "inputs" | "wire" | "samples"> {
    /** What is branded, as in sentences. */
    noun: string;
    /** Its segment of the API's paths, which is also the key of its object in answers. */
    segment: string;
    parent: { input: string; kind: string };
    /** What is branded, by its id or name, as the caller sees it. */
    details(context: VerbContext, idOrName: string): Promise<Shown | undefined>;
    /** Form fields of properties that are more than one field. */
    fields?(set: Properties, clear: readonly string[]): Record<string, FormValue>;
    /** The same properties as the service shows them. */
    shown?(answer: Shown): Remote;
}

type Shown = Record<string, unknown> & { id: string };

const uploadTimeoutMs = 300_000;

/** A colour of the branding. */
export function paint(what: string) {
    return colour()
        .meta({
            description: `${what}: \`#rrggbb\`, or an object of \`r\`, \`g\` and \`b\` from 0 to 255 and, if need be, \`a\` from 0 to 1. Removing it clears it.`,
        })
        .optional();
}

/** An image of the branding. Its property has the name that the API gives the image. */
export function image(what: string) {
    return asset()
        .meta({
            description:
                `${what}: a Pulumi asset, for instance \`new pulumi.asset.FileAsset("image.png")\`; a relative path starts at the project's folder. ` +
                "Uploaded when its bytes change, and again when a refresh has found another image or none. Removing it deletes the image. " +
                "The text of a `StringAsset` is stored in the state.",
        })
        .optional();
}

const outputsOfImage = (name: string) => ({
    [`${name}Sha256`]: z
        .string()
        .meta({
            description: `SHA-256 of the \`${name}\` in hexadecimal: of the declared image, or of the one that a refresh found in its place.`,
        })
        .optional(),
    [`${name}Revision`]: z
        .string()
        .meta({
            description: `What tells the service's \`${name}\` from another: its ETag, or the SHA-256 of the bytes that the service answers.`,
        })
        .optional(),
    [`${name}Url`]: z
        .string()
        .meta({ description: `Address of the \`${name}\`, where the service gives one.` })
        .optional(),
});

const listed = z.looseObject({ name: z.string(), url: z.string().nullish() });

export function defineBranding({ noun, segment, parent, inputs, wire, details, fields, shown, ...own }: Branding) {
    const images = propertyNames(inputs).filter((name) => metaOf({ inputs, outputs: inputs }, name).form === "asset");
    const outputs = z.object(Object.assign({}, ...images.map(outputsOfImage)));
    const wired = { inputs, outputs, wire };
    const answer = wrapped([segment], z.looseObject({ id: identifier }));

    function settingsOf(object: Shown): Remote {
        return { [parent.input]: object.id, ...fromAnswer(wired, object), ...shown?.(object) };
    }

    async function write(context: VerbContext, id: string, set: Properties, clear: readonly string[]): Promise<Remote> {
        const form = { ...toForm(wired, set, clear), ...fields?.(set, clear) };
        // A request that names no field is refused.
        const written =
            Object.keys(form).length === 0
                ? undefined
                : await context.client.request({
                      operation: `change the ${noun}'s branding`,
                      method: "POST",
                      path: [segment, id, "update"],
                      form,
                      kind: "write",
                      answer: answer.optional().catch(undefined),
                  });
        const object = written ?? (await details(context, id));
        if (object === undefined) throw new ResourceError(`the service does not show ${noun} ${id}`);
        return settingsOf(object);
    }

    function imagePath(id: string, name: string, ...more: string[]): string[] {
        return [segment, id, "assets", name, ...more];
    }

    /** The ETag, where the service gives one. */
    async function etagOf(context: VerbContext, id: string, name: string): Promise<string | undefined> {
        return unlessAbsent(async () => {
            const { etag } = await context.client.request({
                operation: `look at the ${noun}'s ${name}`,
                method: "HEAD",
                path: imagePath(id, name, "read"),
                kind: "read",
                answer: z.looseObject({ etag: z.string().optional() }),
            });
            return etag;
        }, "wrong-verb");
    }

    /** SHA-256 of the bytes that the service answers, written into a file where one is named; undefined when it says that there is no such image. */
    async function hashOf(context: VerbContext, id: string, name: string, into?: string): Promise<string | undefined> {
        return unlessAbsent(async () => {
            const { sha256 } = await context.client.request({
                operation: `read the ${noun}'s ${name}`,
                method: "GET",
                path: imagePath(id, name, "read"),
                kind: "read",
                digest: true,
                ...(into !== undefined && { into }),
                answer: z.object({ sha256: z.string() }),
            });
            return sha256;
        });
    }

    async function urlsOf(context: VerbContext, id: string): Promise<Map<string, string | null>> {
        const list = await unlessAbsent(() =>
            context.client.request({
                operation: `list the ${noun}'s images`,
                method: "GET",
                path: [segment, id, "assets"],
                kind: "read",
                answer: z.looseObject({ assets: z.array(listed).catch([]) }),
            }),
        );
        return new Map(list?.assets.map(({ name, url }) => [name, url ?? null]));
    }

    function imageOf(name: string, sha256: string | null, revision: string | null, url: string | null = null): Remote {
        return {
            [name]: sha256 === null ? null : hashedAsset(sha256),
            [`${name}Sha256`]: sha256,
            [`${name}Revision`]: revision,
            [`${name}Url`]: url,
        };
    }

    function isManaged(name: string, declared: Properties, recorded: Properties): boolean {
        return declared[name] !== undefined || typeof recorded[`${name}Sha256`] === "string";
    }

    /** The images that this resource manages, as the service has them. */
    async function imagesOf(
        context: VerbContext,
        id: string,
        declared: Properties,
        recorded: Properties,
    ): Promise<Remote> {
        const managed = images.filter((name) => isManaged(name, declared, recorded));
        if (managed.length === 0) return {};
        const urls = await urlsOf(context, id);
        const found = managed.map(async (name) => {
            const { [`${name}Revision`]: revision, [`${name}Sha256`]: known } = recorded;
            const etag = await etagOf(context, id, name);
            if (etag !== undefined && etag === revision) return imageOf(name, String(known), etag, urls.get(name));
            const hash = await hashOf(context, id, name);
            if (hash === undefined) return imageOf(name, null, null);
            // The service may keep an image in a form of its own: unchanged is what it was after our last write.
            const sha256 = etag === undefined && hash === revision ? String(known) : hash;
            return imageOf(name, sha256, etag ?? hash, urls.get(name));
        });
        return Object.assign({}, ...(await Promise.all(found)));
    }

    async function upload(context: VerbContext, id: string, name: string, declared: unknown): Promise<void> {
        const image = decodeAsset(declared);
        if (image === undefined) throw new ResourceError(`${name} is no asset`);
        await withContent(image, async (content) => {
            const { type, extension } = imageType(await buffer(Readable.from(content.open(0, 64))));
            await context.client.request({
                operation: `upload the ${noun}'s ${name}`,
                method: "POST",
                path: imagePath(id, name),
                multipart: { file: { part: "file", name: content.name ?? `${name}${extension}`, type, content } },
                kind: "write",
                answer: z.unknown(),
                timeoutMs: uploadTimeoutMs,
            });
        });
    }

    async function remove(context: VerbContext, id: string, name: string): Promise<void> {
        await unlessAbsent(() =>
            context.client.request({
                operation: `delete the ${noun}'s ${name}`,
                method: "DELETE",
                path: imagePath(id, name),
                kind: "delete",
                answer: z.unknown(),
            }),
        );
    }

    return defineResource({
        ...own,
        noun: `branding of the ${noun}`,
        description:
            `The colours and images of ${/^[aeio]/.test(noun) ? "an" : "a"} ${noun}.\n\n` +
            "What is declared replaces what was there; what is not declared is left alone. Deleting the resource clears what it declares, " +
            `and leaves the ${noun} alone. Imported images are not part of the program until it declares them, as the lines that \`adopt-file\` prints do.`,
        importedBy: `the id of the ${noun}`,
        inputs,
        outputs,
        wire,
        parent,

        async create(context, declared) {
            const id = String(declared[parent.input]);
            const there = await imagesOf(context, id, declared, {});
            const settings = await write(context, id, declared, []);
            // What of the images is missing follows once the resource is known to the state.
            return { id, remote: { ...settings, ...there } };
        },

        async read(context, id, { inputs: declared, outputs: recorded }) {
            const object = await details(context, id);
            if (object === undefined) return undefined;
            return { ...settingsOf(object), ...(await imagesOf(context, id, declared, recorded)) };
        },

        async resolve(context, named) {
            const object = await details(context, named);
            return object && { id: object.id, inputs: {} };
        },

        async saveAsset(context, id, name, file) {
            if ((await hashOf(context, id, name, file)) === undefined) return undefined;
            const start = await buffer(createReadStream(file, { end: 63 }));
            return `${name}${imageType(start).extension}`;
        },

        demands({ outputs: recorded }, declared) {
            const left = images.find((name) => declared[name] === undefined && isManaged(name, {}, recorded));
            return left === undefined ? undefined : { action: "update", property: left };
        },

        async update(context, id, { set, clear, inputs: declared, known }) {
            const settings = await write(context, id, set, clear);
            const changed = images.filter((name) => set[name] !== undefined);
            for (const name of changed) await upload(context, id, name, set[name]);
            const urls = changed.length > 0 ? await urlsOf(context, id) : new Map<string, string>();
            const remote = settings;
            for (const name of images) {
                if (changed.includes(name)) {
                    const revision = (await etagOf(context, id, name)) ?? (await hashOf(context, id, name)) ?? null;
                    const sha256 = revision === null ? null : (decodeAsset(set[name])?.sha256 ?? null);
                    Object.assign(remote, imageOf(name, sha256, revision, urls.get(name)));
                } else if (declared[name] === undefined && isManaged(name, known.inputs, known.outputs)) {
                    await remove(context, id, name);
                    Object.assign(remote, imageOf(name, null, null));
                } else {
                    for (const output of Object.keys(outputsOfImage(name)))
                        remote[output] = known.outputs[output] ?? null;
                }
            }
            return remote;
        },

        async delete(context, id, { inputs: declared, outputs: recorded }) {
            const set: Properties = {};
            const clear: string[] = [];
            const settings = propertyNames(inputs).filter((one) => one !== parent.input && !images.includes(one));
            for (const name of settings.filter((one) => declared[one] !== undefined)) {
                const { reset } = metaOf(wired, name);
                if (typeof reset === "object") set[name] = reset.to;
                else clear.push(name);
            }
            if (Object.keys(set).length > 0 || clear.length > 0) await write(context, id, set, clear);
            for (const name of images.filter((one) => isManaged(one, declared, recorded)))
                await remove(context, id, name);
        },
    });
}

/** Undefined where the service says that there is no such thing, or no such route. */
async function unlessAbsent<T>(
    work: () => Promise<T>,
    ...also: Parameters<typeof isApiError>[1][]
): Promise<T | undefined> {
    try {
        return await work();
    } catch (error) {
        if (isApiError(error, "not-found", "not-implemented", ...also)) return undefined;
        throw error;
    }
}

const imageTypes = [
    { type: "image/png", extension: ".png", start: /^.PNG\r\n/ },
    { type: "image/jpeg", extension: ".jpg", start: /^\xff\xd8\xff/ },
    { type: "image/gif", extension: ".gif", start: /^GIF8/ },
    { type: "image/webp", extension: ".webp", start: /^RIFF.{4}WEBP/s },
    { type: "image/avif", extension: ".avif", start: /^.{4}ftypavif/s },
    { type: "image/svg+xml", extension: ".svg", start: /^(\xef\xbb\xbf)?\s*</ },
];

/** The media type that the first bytes of a file tell. */
function imageType(start: Buffer): { type: string; extension: string } {
    const text = start.toString("latin1");
    return imageTypes.find((one) => one.start.test(text)) ?? { type: "application/octet-stream", extension: "" };
}
