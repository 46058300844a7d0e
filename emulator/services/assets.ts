// Branding assets of users, organizations, workspaces and shares: one implementation for the four.
import { createHash } from "node:crypto";
import { openOrganization, openShare, openWorkspace, type Role, requireAccountWrite } from "../access";
import { registeredUser } from "../accounts";
import { ApiError } from "../api-error";
import { type AssetFamily, assetUrl } from "../asset-url";
import { type Answer, type Call, Content, type Routes } from "../call";
import { dateText } from "../clock";
import { invalid } from "../fields";
import { requireProof } from "./two-factor";

interface Asset {
    parentId: string;
    name: string;
    fileName: string;
    mimetype: string;
    size: number;
    hash: string;
    updated: number;
}

/** Every column but the bytes. */
const columns = "parentId, name, fileName, mimetype, size, hash, updated";

const maxBytes = 10 * 1024 * 1024;

/** What differs between the four. */
interface Family {
    name: AssetFamily;
    path: string;
    /** The slots that can be filled. */
    slots: readonly string[];
    /** The id of the parent in the path, for a caller with at least that role. */
    open(call: Call, needed: Role): string;
}

const families: readonly Family[] = [
    { name: "user", path: "/user/:user_id", slots: ["profile_pic"], open: openUser },
    {
        name: "org",
        path: "/org/:org_id",
        slots: ["logo", "banner"],
        open: (call, needed) => openOrganization(call, needed).organization.id,
    },
    {
        name: "workspace",
        path: "/workspace/:workspace_id",
        slots: ["logo"],
        open: (call, needed) => {
            requireProof(call, "keys");
            return openWorkspace(call, needed).workspace.id;
        },
    },
    {
        name: "share",
        path: "/share/:share_id",
        slots: ["logo", "background"],
        open: (call, needed) => openShare(call, needed).share.id,
    },
];

/** Everybody sees a user's picture; only the user changes it. */
function openUser(call: Call, needed: Role): string {
    const named = call.param("user_id");
    const { id } = named === "me" ? call.user : registeredUser(call.backend, named);
    if (needed === "admin" && id !== call.user.id) throw new ApiError("DENIED", "This is another user's picture.");
    if (needed === "admin") requireAccountWrite(call);
    return id;
}

export function assets(routes: Routes): void {
    for (const family of families) {
        const path = `${family.path}/assets`;
        routes.get(`/${family.name}/assets/`, () => ({ assets: family.slots.map(slotObject) }));
        routes.get(`${path}/`, (call) => list(call, family));
        routes.post(`${path}/:asset_name/`, (call) => set(call, family));
        routes.delete(`${path}/:asset_name/`, (call) => remove(call, family));
        routes.get(`${path}/:asset_name/read/`, (call) => read(call, family));
    }
}

function slotObject(name: string): Answer {
    return { name, max_size: maxBytes };
}

function list(call: Call, family: Family): Answer {
    const parentId = family.open(call, "view");
    const rows = call.store.all<Asset>(`SELECT ${columns} FROM assets WHERE parentId = ? ORDER BY name`, parentId);
    return { assets: rows.map((row) => assetObject(call, family, row)) };
}

/** Writes answer in the service's other envelope, the only one that its own client takes here. */
function wrapped(response: Answer): Answer {
    return { result: "yes", response };
}

function set(call: Call, family: Family): Answer {
    const parentId = family.open(call, "admin");
    const name = slot(call, family);
    const file = call.files.get("file");
    if (!file) throw invalid("file", "is required, as a part of multipart/form-data");
    if (file.bytes.length === 0) throw invalid("file", "is empty");
    if (file.bytes.length > maxBytes)
        throw new ApiError("EXCEEDED_LIMIT", `file: an asset has at most ${maxBytes} bytes.`);
    const present = find(call, parentId, name);
    const asset: Asset = {
        parentId,
        name,
        fileName: file.name,
        mimetype: file.type || "application/octet-stream",
        size: file.bytes.length,
        hash: createHash("sha256").update(file.bytes).digest("hex"),
        updated: call.now,
    };
    if (present) call.store.run("DELETE FROM assets WHERE parentId = ? AND name = ?", parentId, name);
    call.store.insert("assets", { ...asset, content: file.bytes });
    call.did(present ? "updated" : "created", "asset", `${parentId}/${name}`);
    return wrapped({ asset: assetObject(call, family, asset) });
}

function remove(call: Call, family: Family): Answer {
    const { parentId, name } = named(call, family, "admin");
    call.store.run("DELETE FROM assets WHERE parentId = ? AND name = ?", parentId, name);
    call.did("deleted", "asset", `${parentId}/${name}`);
    return wrapped({});
}

function read(call: Call, family: Family): Content {
    const { parentId, name, mimetype, size, hash, updated } = named(call, family, "view");
    const sql = "SELECT content FROM assets WHERE parentId = ? AND name = ?";
    const row = call.store.get<{ content: Uint8Array<ArrayBuffer> }>(sql, parentId, name);
    return new Content(row?.content ?? "", {
        "Content-Type": mimetype,
        "Content-Length": String(size),
        "Last-Modified": new Date(updated * 1000).toUTCString(),
        ETag: `"${hash}"`,
    });
}

function slot(call: Call, family: Family): string {
    const name = call.param("asset_name");
    if (!family.slots.includes(name)) throw invalid("asset_name", `must be one of ${family.slots.join(", ")}`);
    return name;
}

function find(call: Call, parentId: string, name: string): Asset | undefined {
    return call.store.get<Asset>(`SELECT ${columns} FROM assets WHERE parentId = ? AND name = ?`, parentId, name);
}

function named(call: Call, family: Family, needed: Role): Asset {
    const parentId = family.open(call, needed);
    const asset = find(call, parentId, slot(call, family));
    if (!asset) throw new ApiError("NOT_FOUND", "This asset is not set.");
    return asset;
}

function assetObject(call: Call, family: Family, { parentId, name, fileName, mimetype, size, updated }: Asset): Answer {
    return {
        name,
        url: assetUrl(call, family.name, parentId, name),
        file_name: fileName,
        mimetype,
        size,
        updated: dateText(updated),
    };
}
