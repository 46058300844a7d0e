// Notes: texts in a storage that the API takes and gives without an upload.
import type { Role } from "../access";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes } from "../call";
import { invalid, required } from "../fields";
import {
    addVersion,
    checkNodeName,
    findFolder,
    findVersion,
    freeName,
    guardVersion,
    insert,
    type Node,
    named,
    nodeObject,
    one,
    onStorages,
    openShareStorage,
    piecesOf,
    rename,
    type Storage,
    storeBytes,
    unlocked,
} from "./storage";

export function notes(routes: Routes): void {
    onStorages((path, open) => {
        const on = (needed: Role, handler: (call: Call, storage: Storage) => Answer) => (call: Call) =>
            handler(call, open(call, needed));
        // Late content 9: shares show the notes that are in them, and make none.
        const writing = open === openShareStorage ? routes.early : routes;
        writing.post(`${path}/:node_id/createnote/`, on("member", createNote));
        writing.post(`${path}/:node_id/updatenote/`, on("member", updateNote));
        routes.get(`${path}/:node_id/readnote/`, on("view", readNote));
    });
}

const maxNoteBytes = 102_400;
const noteType = "text/markdown";

function noteContent(call: Call): Buffer {
    // The service strips control characters other than tab and line ends.
    const content = (call.input.content ?? "").replace(/[^\P{Cc}\t\n\r]/gu, "");
    const bytes = Buffer.from(content);
    if (bytes.length > maxNoteBytes) throw invalid("content", `must not exceed ${maxNoteBytes} bytes`);
    if ((content.match(/^\s*```/gm)?.length ?? 0) % 2 === 1) throw invalid("content", "has an unclosed code fence");
    return bytes;
}

export function noteName({ dialect }: Call, name: string): string {
    // Late content 9: names of notes are as long as others since.
    const most = dialect.era === "late" ? Number.POSITIVE_INFINITY : 100;
    if (!name.endsWith(".md") || [...name].length > most)
        throw invalid("name", "must end with .md, at most 100 characters");
    return checkNodeName(name);
}

/** Late content 9: the answer of a note is under a key of its own. */
function noteAnswer(call: Call, storage: Storage, note: Node): Answer {
    return call.dialect.era === "late" ? { note: nodeObject(call, storage, note) } : one(call, storage, note);
}

function createNote(call: Call, storage: Storage): Answer {
    const parent = findFolder(call, storage, call.param("node_id"), "parent_id");
    const name = noteName(call, required(call.input, "name"));
    required(call.input, "content");
    const bytes = noteContent(call);
    const place = { containerId: parent.containerId, parentId: parent.id, type: "note" } as const;
    const note = insert(call, { ...place, name: freeName(call, parent.id, name) });
    call.did("created", "note", note.id);
    return noteAnswer(call, storage, addVersion(call, note, storeBytes(call, bytes), noteType, null));
}

function updateNote(call: Call, storage: Storage): Answer {
    const note = unlocked(call, namedNote(call, storage));
    guardVersion(call, note);
    const { name, content } = call.input;
    if (call.dialect.era === "late" && content === "") throw invalid("content", "must not be empty");
    if (name === undefined && content === undefined) {
        throw new ApiError("INPUT_INVALID", "The update names neither name nor content.");
    }
    const renamed = name === undefined ? note : rename(call, note, noteName(call, name));
    const bytes = content === undefined ? undefined : noteContent(call);
    const changed = bytes ? addVersion(call, renamed, storeBytes(call, bytes), noteType, null) : renamed;
    call.did("updated", "note", note.id);
    return noteAnswer(call, storage, changed);
}

function namedNote(call: Call, storage: Storage): Node {
    const note = named(call, storage);
    if (note.type !== "note") throw new ApiError("INPUT_INVALID", "This is not a note.", { site: "notANote" });
    return note;
}

function readNote(call: Call, storage: Storage): Answer {
    const note = namedNote(call, storage);
    const { version_id: versionId } = call.input;
    const { contentId, ...read } = versionId === undefined ? note : findVersion(call, note, versionId);
    const content = Buffer.concat([...piecesOf(call.backend, contentId ?? "")]).toString();
    // Late content 9: the version is the one that was read.
    const isOlder = call.dialect.era === "late" && versionId !== undefined;
    return { content, note: nodeObject(call, storage, isOlder ? { ...note, version: read.id } : note) };
}
