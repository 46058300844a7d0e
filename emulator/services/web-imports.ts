// Imports from the web: the service fetches an address into a folder. The emulator fetches nothing, so each of them fails.
import { openShare, openWorkspace } from "../access";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes } from "../call";
import { dateText } from "../clock";
import { checkText, invalid, oneOf, readFields, requireAll, required } from "../fields";
import { canonicalOpaque } from "../ids";

interface WebImport {
    id: string;
    userId: string;
    sourceUrl: string;
    fileName: string;
    created: number;
}

export function webImports(routes: Routes): void {
    routes.post("/web_upload/", create);
    routes.get("/web_upload/", list);
    routes.get("/web_upload/:upload_id/details/", (call) => ({
        web_upload: object(find(call, call.param("upload_id"))),
    }));
    routes.delete("/web_upload/", (call) => {
        const { id } = find(call, required(call.input, "id"));
        call.store.run("DELETE FROM webImports WHERE id = ?", id);
        return {};
    });
}

/** Late content 10.8: an https address, and since then a name of the file as well. */
function create(call: Call): Answer {
    const isLate = call.dialect.era === "late";
    const { input } = call;
    requireAll(input, ["source_url", "profile_id", "profile_type", "folder_id", ...(isLate ? ["file_name"] : [])]);
    const sourceUrl = checkSource(required(input, "source_url"), isLate);
    const { profile_type: type } = readFields({ profile_type: oneOf(["workspace", "share"], "workspace") }, input);
    const profile = required(input, "profile_id");
    if (type === "share") openShare(call, "member", undefined, profile);
    else openWorkspace(call, "member", undefined, profile);
    const fileName = checkText(input.file_name ?? lastPart(sourceUrl), "file_name", { min: 1, max: 255 });
    const row: WebImport = { id: call.ids.opaque("w"), userId: call.user.id, sourceUrl, fileName, created: call.now };
    call.store.insert("webImports", { ...row });
    return { id: row.id, web_upload: object(row) };
}

function checkSource(text: string, isLate: boolean): string {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isAllowed = isLate
        ? url?.protocol === "https:" && url.port === ""
        : url?.protocol === "https:" || url?.protocol === "http:";
    if (!isAllowed)
        throw invalid("source_url", isLate ? "must be an https address, on port 443" : "must be an address");
    return text;
}

function lastPart(address: string): string {
    return new URL(address).pathname.split("/").pop() || "download";
}

function list(call: Call): Answer {
    const sql = "SELECT * FROM webImports WHERE userId = ? ORDER BY rowid DESC";
    const rows = call.store.all<WebImport>(sql, call.user.id);
    const { status } = call.input;
    return call.page("web_uploads", status === undefined || status === "failed" ? rows : [], object);
}

function find(call: Call, id: string): WebImport {
    const sql = "SELECT * FROM webImports WHERE id = ? AND userId = ?";
    const row = call.store.get<WebImport>(sql, canonicalOpaque(id), call.user.id);
    if (!row) throw new ApiError("NOT_FOUND", "There is no such import.");
    return row;
}

function object({ id, sourceUrl, fileName, created }: WebImport): Answer {
    return {
        id,
        source_url: sourceUrl,
        file_name: fileName,
        status: "failed",
        status_message: "The emulator fetches nothing from the network.",
        created: dateText(created),
    };
}
