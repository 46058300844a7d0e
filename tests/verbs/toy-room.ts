/** A kind for tests, with what the real kinds have not yet: nested lists, colours, a password. Its verbs work on a map. */
import * as z from "zod";
import { defineResource, type Properties, type Remote, type ResourceDefinition } from "../../provider/core/define";
import { dateTime, emailAddress, freeJson, parentId, phrase, plainText } from "../../provider/core/properties";

const description = "For tests.";

const inputs = z.object({
    buildingId: parentId("a building", "getBuildingOutput({ name }).id").meta({
        immutable: true,
        reference: "Building",
        description,
    }),
    name: plainText(2, 40).meta({ fallbackToName: true, description }).optional(),
    code: z
        .string()
        .min(4, { error: "must have at least 4 characters" })
        .max(20, { error: "must have at most 20 characters" })
        .regex(/^[\p{L}\p{N}-]+$/u, { error: "must consist of letters, digits and hyphens" })
        .meta({
            unique: true,
            adjusted: true,
            generatedWithin: "buildingId",
            reset: "keep",
            normalise: (value) => String(value).toLowerCase(),
            description,
        })
        .optional(),
    floor: z.number({ error: "must be a number" }).meta({ immutable: true, description }).optional(),
    access: phrase("RoomAccess", ["Nobody", "Everybody"])
        .meta({ accessRelevant: true, fallback: "Nobody", description })
        .optional(),
    doors: phrase("RoomDoors", ["shut", "open"])
        .meta({ accessRelevant: true, reset: { to: "shut" }, description })
        .optional(),
    colour: z
        .string()
        .meta({ normalise: (value) => String(value).toLowerCase(), description })
        .optional(),
    opens: dateTime().meta({ description }).optional(),
    size: z
        .number({ error: "must be a number" })
        .meta({ reset: { to: 10 }, description })
        .optional(),
    contact: emailAddress().meta({ reset: "keep", description }).optional(),
    members: z
        .array(
            z.strictObject({
                email: emailAddress(),
                role: phrase("RoomRole", ["guest", "keeper"]),
                hours: z.strictObject({ from: z.number(), until: z.number().optional() }).optional(),
            }),
        )
        .meta({ description })
        .optional(),
    notes: freeJson().meta({ description }).optional(),
    password: plainText(4, 20).meta({ secret: true, writeOnly: true, description }).optional(),
    archived: z
        .boolean()
        .meta({ reset: { to: false }, description })
        .optional(),
    forceDestroy: z.boolean().meta({ providerOnly: true, description }).optional(),
});

const outputs = z.object({ url: z.string().meta({ description }) });

/** The rooms that exist, by id. */
export type Rooms = Map<string, Remote>;

/** The kind, on rooms of its own; a test may put other verbs in place of these. */
export function roomKind(verbs: Partial<ResourceDefinition> = {}, rooms: Rooms = new Map()): ResourceDefinition {
    const shownOf = (given: Properties): Remote => {
        const { password: _, forceDestroy: __, archived: ___, ...shown } = given;
        return shown;
    };
    return defineResource({
        kind: "Room",
        noun: "room",
        description,
        importedBy: "its id",
        inputs,
        outputs,
        wire: { name: "title", code: "room_code", size: "size", opens: "opens", notes: "notes", access: "access" },
        parent: { input: "buildingId", kind: "Building" },
        rules: [
            {
                properties: ["opens", "access"],
                broken: ({ opens, access }) =>
                    opens !== undefined && access === "Nobody" ? "needs an access other than Nobody" : undefined,
            },
        ],
        samples: { minimal: {}, full: {}, changed: {} },
        async create(_context, declared) {
            const id = `room-${rooms.size + 1}`;
            rooms.set(id, { ...shownOf(declared), archived: false, url: `https://rooms.example/${id}` });
            return { id, remote: { ...rooms.get(id) } };
        },
        async read(_context, id) {
            const room = rooms.get(id);
            return room && { ...room };
        },
        async update(_context, id, { set, clear }) {
            const cleared = Object.fromEntries(clear.map((name) => [name, null]));
            rooms.set(id, { ...rooms.get(id), ...shownOf(set), ...cleared });
            return { ...rooms.get(id) };
        },
        async delete(_context, id) {
            rooms.delete(id);
        },
        async archive(_context, id, archived) {
            rooms.set(id, { ...rooms.get(id), archived });
        },
        ...verbs,
    });
}

export const building = "1000000000000000001";

export function urnOf(name: string, kind = "Room"): string {
    return `urn:pulumi:dev::tests::fastio:index:${kind}::${name}`;
}
