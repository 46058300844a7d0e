// Quickshares: a public link to one file of a workspace, for a day at most.
import { openWorkspace } from "../access";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes } from "../call";
import { dateText } from "../clock";
import { integer, invalid, readFields } from "../fields";
import { canonicalOpaque } from "../ids";
import { type Node, named, openWorkspaceStorage } from "./storage";

const maxSeconds = 86_400;
const maxBytes = 1024 ** 3;

interface Quickshare {
    id: string;
    workspaceId: string;
    nodeId: string;
    creator: string;
    expires: number;
    created: number;
}

export function quickshares(routes: Routes): void {
    const path = "/workspace/:workspace_id/storage/:node_id/quickshare/";
    routes.post(path, create);
    routes.get(path, (call) => ({ quickshare: object(ofNode(call, openFile(call, "view").id)) }));
    routes.delete(path, revoke);
    routes.get("/workspace/:workspace_id/quickshares/", list);
    routes.get("/quickshare/:quickshare_id/details/", publicDetails, "anyone");
}

function openFile(call: Call, needed: "view" | "member"): Node {
    const node = named(call, openWorkspaceStorage(call, needed));
    if (node.type !== "file") throw invalid("node_id", `is a ${node.type}: only files can be shared like this`);
    return node;
}

/** Shared again, a file keeps its link; the link never lives longer than a day. */
function create(call: Call): Answer {
    const file = openFile(call, "member");
    if (!call.dialect.makesQuickshares) {
        throw new ApiError("RESTRICTED", "Quickshares are made no more.", { site: "quicksharesRetired" });
    }
    if ((file.size ?? 0) > maxBytes) throw new ApiError("EXCEEDED_LIMIT", `The file has more than ${maxBytes} bytes.`);
    const { expires: seconds = 10_800 } = readFields({ expires: integer(1, maxSeconds, 10_800) }, call.input);
    const present = live(call, "nodeId", file.id);
    const created = present?.created ?? call.now;
    const quickshare: Quickshare = {
        id: present?.id ?? call.ids.opaque("q"),
        workspaceId: file.containerId,
        nodeId: file.id,
        creator: call.user.id,
        expires: Math.min(call.now + seconds, created + maxSeconds),
        created,
    };
    call.store.run("DELETE FROM quickshares WHERE nodeId = ?", file.id);
    call.store.insert("quickshares", { ...quickshare });
    return { quickshare: object(quickshare) };
}

function revoke(call: Call): Answer {
    const { id } = ofNode(call, openFile(call, "member").id);
    call.store.run("DELETE FROM quickshares WHERE id = ?", id);
    return {};
}

function list(call: Call): Answer {
    const { workspace } = openWorkspace(call, "view");
    const sql = `SELECT quickshares.* FROM quickshares JOIN nodes ON nodes.id = nodeId
                 WHERE workspaceId = ? AND expires > ? AND trashId IS NULL ORDER BY quickshares.rowid`;
    return call.page("quickshares", call.store.all<Quickshare>(sql, workspace.id, call.now), object);
}

function live(call: Call, column: "id" | "nodeId", value: string): Quickshare | undefined {
    const sql = `SELECT quickshares.* FROM quickshares JOIN nodes ON nodes.id = nodeId
                 WHERE quickshares.${column} = ? AND expires > ? AND trashId IS NULL`;
    return call.store.get<Quickshare>(sql, value, call.now);
}

function ofNode(call: Call, nodeId: string): Quickshare {
    const quickshare = live(call, "nodeId", nodeId);
    if (!quickshare) throw new ApiError("NOT_FOUND", "There is no such quickshare.");
    return quickshare;
}

function publicDetails(call: Call): Answer {
    const quickshare = live(call, "id", canonicalOpaque(call.param("quickshare_id")));
    if (!quickshare) throw new ApiError("NOT_FOUND", "There is no such quickshare.");
    const file = call.store.get<Node>("SELECT * FROM nodeRows WHERE id = ?", quickshare.nodeId);
    const shown = file && { id: file.id, name: file.name, size: file.size, mimetype: file.mimetype };
    return { quickshare: { ...object(quickshare), file: shown } };
}

function object({ id, nodeId, workspaceId, creator, expires, created }: Quickshare): Answer {
    return {
        id,
        node_id: nodeId,
        workspace_id: workspaceId,
        creator,
        expires: dateText(expires),
        created: dateText(created),
    };
}
