/**
 * What this version assumes of the service and no source proves: one row a question, in the order in which they are asked.
 * The answers tell which date of the contract a service speaks, and what of the provider would go wrong with another.
 */
import type { Answer, Service } from "./service";

/** The contract that this version follows, by the date of its newest source. */
export const contractDate = "2026-10-09";

export type Tier = "read" | "refused" | "write";

/** How sure the assumption was before anybody asked. */
export type Confidence = "sure" | "likely" | "guess";

export interface Question {
    /** `A` for accounts and organizations, `C` for content, and a number that never changes. */
    id: string;
    tier: Tier;
    question: string;
    /** What this version assumes, in words. */
    assumed: string;
    confidence: Confidence;
    /** What in the provider depends on it. */
    dependsOn: string;
    /** What was seen, and whether it is what was assumed; undefined where there is nothing to ask about. */
    ask(service: Service): Promise<Seen | undefined>;
}

export interface Seen {
    seen: string;
    holds: boolean;
}

type Ask = Question["ask"];

/** A row of the table. */
function row(
    id: string,
    tier: Tier,
    question: string,
    assumed: string,
    confidence: Confidence,
    dependsOn: string,
    ask: Ask,
): Question {
    return { id, tier, question, assumed, confidence, dependsOn, ask };
}

/** Status, code and reason of an answer in one line. */
export function told({ status, code, reason, params }: Answer): string {
    const parts = [`HTTP ${status}`, ...(code === undefined ? [] : [`code ${code}`]), ...(reason ? [reason] : [])];
    return [...parts, ...(params === undefined ? [] : [`params: ${params}`])].join(", ");
}

const keysOf = (value: unknown): string[] =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value).sort() : [];
const record = (value: unknown): Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.map(record) : []);
const isOk = ({ status }: Answer) => status >= 200 && status < 300;

/** One GET, whose answer is looked at. */
const get =
    (address: string, holds: (answer: Answer) => boolean, seen: (answer: Answer) => string = told): Ask =>
    async (service) => {
        const answer = await service.get(address);
        return answer && { seen: seen(answer), holds: holds(answer) };
    };

/** One POST that is meant to be refused, or is made on what the probe made itself. */
const post =
    (
        address: string,
        form: Record<string, string>,
        holds: (answer: Answer) => boolean,
        seen: (answer: Answer) => string = told,
    ): Ask =>
    async (service) => {
        const answer = await service.post(address, form);
        return answer && { seen: seen(answer), holds: holds(answer) };
    };

const rootKeys = (answer: Answer) => `${told(answer)}; keys: ${keysOf(answer.data).join(", ") || "none"}`;
const fieldsOf = (answer: Answer) => `${told(answer)}; fields: ${[...answer.fields].sort().join(", ") || "none"}`;
const isUnknownRoute = ({ status, code }: Answer) => status === 404 && code === 9992;
const has = (answer: Answer, ...keys: string[]) => keys.every((key) => key in answer.data);
const wrong = ({ status }: Answer) => status === 400 || status === 406 || status === 422;

/** The share of the answer to a create or an update. */
const shareOf = (answer: Answer | undefined) => record(answer?.data.share);
const png = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
);
const image = {
    file: { part: "file", name: "logo.png", type: "image/png", content: { size: png.length, open: () => [png] } },
};

/** Makes a share in the probe's workspace and answers what the service shows of it. */
async function madeShare(service: Service, form: Record<string, string>) {
    const answer = await service.post("workspace/{made}/create/share/", {
        title: "Probe",
        intelligence: "false",
        ...form,
    });
    const id = shareOf(answer).id;
    if (answer === undefined || id === undefined) return { answer, shown: {} as Record<string, unknown> };
    service.known.lastShare = String(id);
    return { answer, shown: shareOf(await service.get("share/{lastShare}/details/")) };
}

/** Which type the service keeps for a share that is made like this. */
const keptType =
    (form: Record<string, string>, expected: string): Ask =>
    async (service) => {
        const { answer, shown } = await madeShare(service, form);
        if (answer === undefined) return undefined;
        if (!isOk(answer)) return { seen: fieldsOf(answer), holds: false };
        return { seen: `kept as ${String(shown.share_type)}`, holds: shown.share_type === expected };
    };

const uploadStates = new Set(["complete", "stored", "assembly_failed", "store_failed"]);

/** Uploads some bytes in one request and waits for the end. */
async function uploaded(
    service: Service,
    name: string,
    more: Record<string, string>,
): Promise<{ answer: Answer | undefined; states: string[]; session: Record<string, unknown> }> {
    const content = Buffer.from("probe");
    const answer = await service.ask("POST", "upload/", {
        multipart: {
            fields: {
                name,
                size: content.length,
                action: "create",
                instance_id: service.known.made ?? "",
                folder_id: "root",
                ...more,
            },
            file: { part: "chunk", name, content: { size: content.length, open: () => [content] } },
        },
    });
    if (answer === undefined || answer.data.id === undefined) return { answer, states: [], session: {} };
    service.known.upload = String(answer.data.id);
    const states: string[] = [];
    for (let turn = 0; turn < 30; turn++) {
        const details = await service.get("upload/{upload}/details/?wait=10");
        const session = record(details?.data.session ?? details?.data);
        const status = String(session.status);
        if (states.at(-1) !== status) states.push(status);
        if (uploadStates.has(status) && (session.new_file_id || status.endsWith("_failed") || turn > 10))
            return { answer, states, session };
    }
    return { answer, states, session: {} };
}

export const questions: readonly Question[] = [
    // Accounts, organizations, credentials: reads
    row(
        "A1",
        "read",
        "Which rights does the credential tell, and does it make a difference for administration?",
        "`admin` and `legacy` are told",
        "sure",
        "the look at scopes before the first write that administers; getTokenScopes; doctor",
        get("auth/scopes/", (a) => has(a, "admin", "legacy"), rootKeys),
    ),
    row(
        "A2",
        "read",
        "Where is the data of an answer, and what does success look like?",
        "at the root beside `result: true`; the user under `user`",
        "sure",
        "every answer: the envelope reads both forms",
        get(
            "user/me/details/",
            (a) => !a.hasResponse && a.result === true && "user" in a.data,
            (a) =>
                `result ${JSON.stringify(a.result)}${a.hasResponse ? ", under response" : ", at the root"}; keys: ${keysOf(a.data).join(", ")}`,
        ),
    ),
    row(
        "A3",
        "read",
        "Under which key is an organization, and what does it tell?",
        "`org`, with `capabilities`, `plan`, `locked`, `user_permission`",
        "likely",
        "Organization; who owns it, before a delete",
        get(
            "org/{organization}/details/",
            (a) => ["id", "domain", "user_permission"].every((key) => key in record(a.data.org)),
            (a) => `${told(a)}; keys: ${keysOf(a.data).join(", ")}; of org: ${keysOf(a.data.org).join(", ")}`,
        ),
    ),
    row(
        "A4",
        "read",
        "What do the lists of organizations look like?",
        "`orgs` and `pagination`",
        "sure",
        "imports by domain; when an organization counts as gone",
        get("orgs/list/?limit=1", (a) => Array.isArray(a.data.orgs) && has(a, "pagination"), rootKeys),
    ),
    row(
        "A5",
        "read",
        "What becomes of a limit that is out of range?",
        "it is refused with 406",
        "guess",
        "lists are asked for in pages of 500",
        get("orgs/list/?limit=501", wrong, fieldsOf),
    ),
    row(
        "A6",
        "read",
        "What is the answer about an organization that is not there?",
        "404 with a code of its own, or 401 10545",
        "guess",
        "when an organization counts as gone",
        get("org/1000000000000000000/details/", (a) => !isUnknownRoute(a) && (a.status === 404 || a.status === 401)),
    ),
    row(
        "A7",
        "read",
        "What is the answer to a route that does not exist?",
        "404 with code 9992",
        "sure",
        "9992 is never taken for an object that is gone",
        get("org/{organization}/no-such-path/", isUnknownRoute),
    ),
    row(
        "A8",
        "read",
        "What is the answer to a method that a route does not take?",
        "405, or 404 with 9992",
        "guess",
        "the message for a service of another version",
        async (service) => {
            const answer = await service.ask("PUT", "ping/", { form: {} });
            return answer && { seen: told(answer), holds: answer.status === 405 || isUnknownRoute(answer) };
        },
    ),
    row(
        "A9",
        "read",
        "Is an address without the slash at its end taken?",
        "it is, or it is a redirect or a 404; nothing else",
        "guess",
        "every address ends with one",
        get("ping", (a) => isOk(a) || (a.status >= 300 && a.status < 400) || a.status === 404),
    ),
    row(
        "A10",
        "read",
        "What is the answer to a token that is none?",
        "401 with 10001 or 10011",
        "sure",
        "what proves that a credential is dead",
        async (service) => {
            const answer = await service.get("user/auth/check/", { bearer: "x" });
            return (
                answer && {
                    seen: told(answer),
                    holds: answer.status === 401 && (answer.code === 10001 || answer.code === 10011),
                }
            );
        },
    ),
    row(
        "A11",
        "read",
        "What is the answer without a credential?",
        "401 with 10011",
        "sure",
        "the same",
        async (service) => {
            const answer = await service.get("user/auth/check/", { bearer: null });
            return answer && { seen: told(answer), holds: answer.status === 401 && answer.code === 10011 };
        },
    ),
    row(
        "A13",
        "read",
        "Which industries and images are there?",
        "lists of them are answered",
        "likely",
        "the values of `industry`; the images of branding",
        get("orgs/industries/", isOk, rootKeys),
    ),
    row(
        "A14",
        "read",
        "Do keys tell whether they administer, and is a second factor asked for to read them?",
        "rows have `admin` and `legacy`; only an account with a factor is asked",
        "likely",
        "fastio:totpSecret",
        async (service) => {
            const answer = await service.get("user/auth/keys/");
            if (answer === undefined) return undefined;
            const [first] = list(answer.data.api_keys);
            const keys = keysOf(first);
            return {
                seen: `${told(answer)}; of a key: ${keys.join(", ") || "none is there"}`,
                holds:
                    answer.reason === "stepup_required" ||
                    (isOk(answer) && (first === undefined || ["admin", "legacy"].every((key) => keys.includes(key)))),
            };
        },
    ),
    row(
        "A15",
        "read",
        "May the credential read what an organization has used?",
        "with `rwa` it may; else 403 with scope_admin_required",
        "sure",
        "getUsage; the ceilings of plans",
        async (service) => {
            const scopes = await service.get("auth/scopes/");
            const answer = await service.get("org/{organization}/billing/usage/limits/credits/");
            if (answer === undefined || scopes === undefined) return undefined;
            const refused = answer.status === 403 && answer.reason === "scope_admin_required";
            return {
                seen: rootKeys(answer),
                holds:
                    scopes.data.admin === false
                        ? refused
                        : refused || (isOk(answer) && has(answer, "credit_limits_enabled")),
            };
        },
    ),
    row(
        "A16",
        "read",
        "How is a missing parameter refused?",
        "406, with a list that names it",
        "sure",
        "messages that name the property",
        get(
            "org/{organization}/billing/usage/meters/list/",
            (a) => a.reason === "scope_admin_required" || a.status === 401 || (a.status === 406 && a.params === "list"),
            fieldsOf,
        ),
    ),
    row(
        "A17",
        "read",
        "Are people who are invited in the list of members?",
        "they are, with `status` on every row",
        "sure",
        "reading members: one list or two",
        get(
            "org/{organization}/members/list/?limit=2",
            (a) => !isOk(a) || list(a.data.users).every((one) => "status" in one),
            (a) => `${told(a)}; of a row: ${keysOf(list(a.data.users)[0]).join(", ")}`,
        ),
    ),
    row(
        "A18",
        "read",
        "Are transfer tokens still served?",
        "they are, or a refusal says no; not 9992",
        "guess",
        "TransferToken",
        get("org/{organization}/transfer/token/list/", (a) => !isUnknownRoute(a)),
    ),
    row(
        "A19",
        "read",
        "Are there webhooks?",
        "there are none",
        "likely",
        "no kind for them",
        get("org/{organization}/webhooks/", isUnknownRoute),
    ),
    row(
        "A20",
        "read",
        "Are there domains of one's own?",
        "they are gone",
        "likely",
        "no kind for them",
        get("org/{organization}/domain/", isUnknownRoute),
    ),
    row(
        "A21",
        "read",
        "Can the policies of an organization be read?",
        "they cannot",
        "likely",
        "policies are known by their refusals only",
        get("org/{organization}/policies/", isUnknownRoute),
    ),
    row(
        "A22",
        "read",
        "Are events found, and page by page with a cursor?",
        "they are; `pagination` has `next_cursor`",
        "sure",
        "drift: who did it",
        get(
            "events/search/?org_id={organization}&limit=2",
            (a) => !isOk(a) || "next_cursor" in record(a.data.pagination),
            (a) =>
                `${told(a)}; keys: ${keysOf(a.data).join(", ")}; of pagination: ${keysOf(a.data.pagination).join(", ")}`,
        ),
    ),
    row(
        "A23",
        "read",
        "Does the audit log take a right of its own?",
        "a credential without `rwa` is refused with scope_admin_required",
        "sure",
        "drift: who did it",
        async (service) => {
            const scopes = await service.get("auth/scopes/");
            const answer = await service.get(
                "events/search/?org_id={organization}&visibility=external_audit_log&limit=1",
            );
            if (answer === undefined || scopes === undefined) return undefined;
            return {
                seen: told(answer),
                holds: scopes.data.admin !== false || answer.reason === "scope_admin_required",
            };
        },
    ),
    row(
        "A24",
        "read",
        "Does an organization tell its changes as a feed?",
        "it does: `cursor`, `changes`, `has_more`",
        "sure",
        "drift of many objects at once",
        get(
            "org/{organization}/events/changes/?limit=1",
            (a) => (isOk(a) && has(a, "cursor")) || a.code === 135626,
            rootKeys,
        ),
    ),
    row(
        "A25",
        "read",
        "Does activity answer when it is waited for?",
        "`lastactivity`",
        "likely",
        "nothing yet",
        get("activity/poll/{organization}/?wait=1", (a) => !isOk(a) || has(a, "lastactivity"), rootKeys),
    ),
    row(
        "A26",
        "read",
        "How are two levels of detail at once refused?",
        "406",
        "sure",
        "the provider asks for none",
        get("user/me/details/?output=terse,standard", (a) => a.status === 406),
    ),
    row(
        "A27",
        "read",
        "What does the service say of OAuth?",
        "metadata is answered",
        "likely",
        "nothing: the provider takes tokens",
        get(".well-known/oauth-authorization-server/", (a) => isOk(a) || a.status === 404, rootKeys),
    ),
    row(
        "A28",
        "read",
        "Can sessions be listed?",
        "they can",
        "likely",
        "nothing yet",
        get("oauth/sessions/", (a) => !isUnknownRoute(a), rootKeys),
    ),
    row(
        "A29",
        "read",
        "Under which key are one's own invitations?",
        "`invitations`",
        "likely",
        "nothing yet",
        get("user/invitations/list/", (a) => Array.isArray(a.data.invitations), rootKeys),
    ),
    row(
        "A30",
        "read",
        "Is the number of organizations told?",
        "it is",
        "likely",
        "the refusal of one organization too many",
        get("user/me/limits/orgs/", isOk, rootKeys),
    ),
    row(
        "A31",
        "read",
        "Which headers tell the rate limit?",
        "x-ve-limit-avail, -max, -expires",
        "sure",
        "waiting before the limit is met",
        get(
            "user/me/details/",
            ({ headers }) => !Object.keys(headers).some((name) => name.startsWith("x-rate-limit")),
            ({ headers }) =>
                Object.keys(headers)
                    .filter((name) => /limit|reqid/.test(name))
                    .sort()
                    .join(", ") || "none",
        ),
    ),
    row(
        "A32",
        "read",
        "Is it told whether the account has a second factor?",
        "`state`",
        "sure",
        "fastio:totpSecret",
        get("user/auth/2factor/", (a) => !isOk(a) || has(a, "state"), rootKeys),
    ),

    // Content: reads
    row(
        "C3",
        "read",
        "What does a workspace tell of itself?",
        "`intelligence`, `metadata_extraction`, `perm_join` as a phrase, `archived`",
        "likely",
        "Workspace: what can be told from what was declared",
        get(
            "workspace/{workspace}/details/?output=full",
            (a) =>
                ["intelligence", "metadata_extraction", "perm_join", "archived"].every(
                    (key) => key in record(a.data.workspace),
                ),
            (a) => `${told(a)}; of workspace: ${keysOf(a.data.workspace).join(", ")}`,
        ),
    ),
    row(
        "C4",
        "read",
        "Which images does a workspace take?",
        "a list is answered",
        "likely",
        "branding",
        get("workspace/assets/", isOk, rootKeys),
    ),
    row(
        "C5",
        "read",
        "What is told of the images that are set?",
        "a list is answered",
        "likely",
        "branding: `logoUrl`",
        get("workspace/{workspace}/assets/", (a) => isOk(a) || a.reason === "stepup_required", rootKeys),
    ),
    row(
        "C6",
        "read",
        "Under which key is it told whether a name is free?",
        "it is told",
        "guess",
        "nothing: a create tells",
        get("shares/check/name/{random}/", isOk, rootKeys),
    ),
    row(
        "C7",
        "read",
        "What type have shares with storage of their own?",
        "all are `send`",
        "sure",
        "the default of `shareType`; refusals before a create",
        async (service) => {
            const answer = await service.get("shares/all/?limit=100&output=full");
            if (answer === undefined) return undefined;
            const own = list(answer.data.shares).filter((one) => one.storage_mode === "independent");
            const types = [...new Set(own.map((one) => String(one.share_type)))].sort();
            return {
                seen: `${told(answer)}; types: ${types.join(", ") || "no such share"}; of a share: ${keysOf(list(answer.data.shares)[0]).join(", ")}`,
                holds: types.every((type) => type === "send"),
            };
        },
    ),
    row(
        "C8",
        "read",
        "Does the list of workspaces leave archived ones out?",
        "it does, and `archived=true` lists those alone",
        "likely",
        "when a workspace counts as gone; imports",
        async (service) => {
            const [live, archived] = [
                await service.get("org/{organization}/list/workspaces/?limit=500"),
                await service.get("org/{organization}/list/workspaces/?archived=true&limit=500"),
            ];
            if (live === undefined || archived === undefined) return undefined;
            const rows = [list(live.data.workspaces), list(archived.data.workspaces)] as const;
            const holds =
                rows[0].every((one) => one.archived !== true) && rows[1].every((one) => one.archived !== false);
            return { seen: `without: ${rows[0].length}, archived: ${rows[1].length} rows`, holds };
        },
    ),
    row(
        "C9",
        "read",
        "What does a row of a workspace's members hold?",
        "`email_address`, `permissions`, `status`",
        "likely",
        "WorkspaceMember",
        get(
            "workspace/{workspace}/members/list/?limit=2",
            (a) => list(a.data.users).every((one) => "permissions" in one && "status" in one),
            (a) => `${told(a)}; of a row: ${keysOf(list(a.data.users)[0]).join(", ")}`,
        ),
    ),
    row(
        "C10",
        "read",
        "Under which key are a workspace's invitations?",
        "`invitations`",
        "guess",
        "members who are invited",
        get("workspace/{workspace}/members/invitations/list/", (a) => Array.isArray(a.data.invitations), rootKeys),
    ),
    row(
        "C11",
        "read",
        "Which checksums does an upload take?",
        "sha256, and crc32c since autumn 2026",
        "likely",
        "uploads: what is sent along",
        get(
            "upload/algos/",
            (a) => JSON.stringify(a.data).includes("crc32c") && JSON.stringify(a.data).includes("sha256"),
            (a) =>
                `${told(a)}; ${
                    JSON.stringify(a.data)
                        .match(/md5|sha\d+|crc32c/g)
                        ?.join(", ") ?? "none"
                }`,
        ),
    ),
    row(
        "C12",
        "read",
        "Under which address are sources on other drives?",
        "cloudsync, no more imports",
        "likely",
        "nothing yet",
        async (service) => {
            const [now, before] = [
                await service.get("cloudsync/workspace/{workspace}/providers/"),
                await service.get("imports/workspace/{workspace}/providers/"),
            ];
            return (
                now &&
                before && {
                    seen: `cloudsync: ${told(now)}; imports: ${told(before)}`,
                    holds: !isUnknownRoute(now) && isUnknownRoute(before),
                }
            );
        },
    ),
    row(
        "C13",
        "read",
        "Are file shares listed?",
        "`fileshares`",
        "sure",
        "nothing yet",
        get("workspace/{workspace}/list/fileshares/?limit=5", (a) => Array.isArray(a.data.fileshares), rootKeys),
    ),
    row(
        "C14",
        "read",
        "What is the answer about a workspace that is not there?",
        "404 with a code of its own, or 401 10545",
        "guess",
        "when a workspace counts as gone",
        get(
            "workspace/1000000000000000000/details/",
            (a) => !isUnknownRoute(a) && (a.status === 404 || a.status === 401),
        ),
    ),
    row(
        "C16",
        "read",
        "Are templates of metadata gone?",
        "they are: 404 with 9992, or 410",
        "sure",
        "nothing: there is no kind for them",
        get("workspace/{workspace}/metadata/templates/list/", (a) => isUnknownRoute(a) || a.status === 410),
    ),
    row(
        "C17",
        "read",
        "Is the organization activated, and which features has it?",
        "`subscriber` and `capabilities` are told",
        "sure",
        "the message of a 402; what `intelligence` needs",
        get(
            "org/{organization}/details/",
            (a) => "capabilities" in record(a.data.org),
            (a) =>
                `subscriber ${String(record(a.data.org).subscriber)}; capabilities: ${keysOf(record(a.data.org).capabilities).join(", ") || "none"}`,
        ),
    ),
    row(
        "C18",
        "read",
        "Is everything of a storage listed at once?",
        "`inventory` does",
        "sure",
        "refresh of many documents",
        get("workspace/{workspace}/storage/inventory/?page_size=100", isOk, rootKeys),
    ),
    row(
        "C20",
        "read",
        "Is signing there?",
        "it is, or the plan refuses",
        "likely",
        "nothing yet",
        get("workspace/{workspace}/sign_templates/list/?limit=1", (a) => !isUnknownRoute(a)),
    ),
    row(
        "C21",
        "read",
        "Are imports from the web listed?",
        "they are",
        "likely",
        "nothing yet",
        get("web_upload/?limit=1", (a) => !isUnknownRoute(a), rootKeys),
    ),

    row(
        "C15",
        "read",
        "Are the versions of a file listed?",
        "`versions`",
        "likely",
        "File: how many versions there are",
        get("workspace/{workspace}/storage/root/versions/", (a) => !isUnknownRoute(a), rootKeys),
    ),
    // Refused by design: on what the probe made
    row(
        "C24",
        "refused",
        "Which fields does the create of a workspace require?",
        "folder_name, name, perm_join, perm_member_manage",
        "sure",
        "Workspace: what is always sent",
        post(
            "org/{organization}/create/workspace/",
            {},
            (a) =>
                wrong(a) &&
                ["folder_name", "name", "perm_join", "perm_member_manage"].every((key) => a.fields.includes(key)),
            fieldsOf,
        ),
    ),
    row(
        "C25",
        "refused",
        "Which fields does the create of a share require?",
        "title and intelligence",
        "sure",
        "Share: what is always sent",
        post(
            "workspace/{made}/create/share/",
            {},
            (a) => wrong(a) && ["intelligence", "title"].every((key) => a.fields.includes(key)),
            fieldsOf,
        ),
    ),
    row(
        "C29",
        "refused",
        "Which fields does a file share require?",
        "node",
        "sure",
        "nothing yet",
        post("workspace/{made}/create/fileshare/", {}, (a) => wrong(a) && a.fields.includes("node"), fieldsOf),
    ),
    row(
        "C30",
        "refused",
        "What is the answer to an update that says nothing?",
        "406",
        "likely",
        "an update sends something",
        post("workspace/{made}/update/", {}, wrong, fieldsOf),
    ),
    row(
        "C31",
        "refused",
        "What is the answer to an image of an unknown name?",
        "406, or 404",
        "guess",
        "branding",
        async (service) => {
            const answer = await service.ask("POST", "workspace/{made}/assets/zzz/", { multipart: image });
            return (
                answer && {
                    seen: fieldsOf(answer),
                    holds: wrong(answer) || answer.status === 404 || answer.reason === "stepup_required",
                }
            );
        },
    ),
    row(
        "C34",
        "refused",
        "What is the answer to a wrong confirmation?",
        "406, and the workspace stays",
        "guess",
        "deletes confirm with the id",
        async (service) => {
            const answer = await service.delete("workspace/{made}/delete/?confirm=wrong");
            const still = await service.get("workspace/{made}/details/");
            return (
                answer &&
                still && {
                    seen: told(answer),
                    holds: (wrong(answer) || answer.reason === "stepup_required") && isOk(still),
                }
            );
        },
    ),
    row(
        "C37",
        "refused",
        "What is the answer to a blank version?",
        "406",
        "likely",
        "changes of notes and files that name a version",
        async (service) => {
            const folder = await service.post("workspace/{made}/storage/root/createfolder/", { name: "Blank" });
            service.known.node = String(record(folder?.data.node).id ?? "");
            const answer = await service.post("workspace/{made}/storage/{node}/update/", {
                name: "Blank 2",
                if_version_id: "",
            });
            return answer && { seen: told(answer), holds: wrong(answer) };
        },
    ),

    row(
        "C26",
        "refused",
        "How are wrong words refused?",
        "406, and each is named",
        "likely",
        "Share: messages that name the property",
        post(
            "workspace/{made}/create/share/",
            { title: "x", intelligence: "false", access_options: "zzz", notify: "zzz", display_type: "zzz" },
            (a) => wrong(a) && ["access_options", "display_type", "notify"].every((key) => a.fields.includes(key)),
            fieldsOf,
        ),
    ),
    row(
        "C28",
        "refused",
        "Which fields does an import from the web require?",
        "file_name among them",
        "likely",
        "nothing yet",
        post("web_upload/", {}, (a) => wrong(a) && a.fields.includes("file_name"), fieldsOf),
    ),
    row(
        "C36",
        "refused",
        "Can a share have notes of its own?",
        "it cannot: 404 with 9992",
        "guess",
        "nothing yet",
        async (service) => {
            const { answer } = await madeShare(service, {});
            if (answer === undefined || !isOk(answer)) return undefined;
            const note = await service.post("share/{lastShare}/storage/root/createnote/", {});
            return note && { seen: fieldsOf(note), holds: isUnknownRoute(note) };
        },
    ),

    // Writes, on what the probe made
    row(
        "C39",
        "write",
        "What is the answer to a folder name that is taken?",
        "406 or 409",
        "likely",
        "generated names; taking over",
        post(
            "org/{organization}/create/workspace/",
            {
                folder_name: "{made_name}",
                name: "Probe",
                perm_join: "Only Org Owners",
                perm_member_manage: "Admin or above",
                intelligence: "false",
                metadata_extraction: "false",
            },
            (a) => wrong(a) || a.status === 409,
            told,
        ),
    ),
    row(
        "C40",
        "write",
        "Which type does a share with storage of its own keep that is to receive?",
        "send",
        "sure",
        "the refusal of `receive` and `exchange` before a create",
        keptType({ storage_mode: "independent", share_type: "receive" }, "send"),
    ),
    row(
        "C40b",
        "write",
        "And which one that says nothing?",
        "send",
        "sure",
        "the default of `shareType`",
        keptType({}, "send"),
    ),
    row(
        "C41",
        "write",
        "Which type does a share on a folder keep that says nothing?",
        "exchange",
        "likely",
        "the default of `shareType`",
        async (service) => {
            const folder = await service.post("workspace/{made}/storage/root/createfolder/", { name: "Intake" });
            const id = record(folder?.data.node).id;
            if (id === undefined) return undefined;
            service.known.folder = String(id);
            return keptType({ storage_mode: "workspace_folder", folder_node_id: String(id) }, "exchange")(service);
        },
    ),
    row(
        "C43",
        "write",
        "Is an end refused for a share on a folder?",
        "it is",
        "likely",
        "the rule for `expires`",
        async (service) => {
            const folder = await service.post("workspace/{made}/storage/root/createfolder/", { name: "Ends" });
            const { answer } = await madeShare(service, {
                storage_mode: "workspace_folder",
                folder_node_id: String(record(folder?.data.node).id ?? ""),
                expires: "2099-01-01 00:00:00",
            });
            return answer && { seen: fieldsOf(answer), holds: wrong(answer) };
        },
    ),
    row(
        "C44",
        "write",
        "What becomes of another type for a share with storage of its own?",
        "200, and it stays send",
        "guess",
        "changes of `shareType`",
        async (service) => {
            const { answer } = await madeShare(service, {});
            if (answer === undefined || !isOk(answer)) return undefined;
            const changed = await service.post("share/{lastShare}/update/", { share_type: "receive" });
            const shown = shareOf(await service.get("share/{lastShare}/details/"));
            return (
                changed && {
                    seen: `${told(changed)}, kept as ${String(shown.share_type)}`,
                    holds: isOk(changed) && shown.share_type === "send",
                }
            );
        },
    ),
    row(
        "C46",
        "write",
        "Can a folder back two shares?",
        "it cannot",
        "likely",
        "the message for `folderId`",
        async (service) => {
            if (service.known.folder === undefined) return undefined;
            const { answer } = await madeShare(service, {
                storage_mode: "workspace_folder",
                folder_node_id: service.known.folder,
            });
            return answer && { seen: told(answer), holds: !isOk(answer) };
        },
    ),
    row(
        "C49",
        "write",
        "Does an image upload work with the part `file`?",
        "it does",
        "likely",
        "branding",
        async (service) => {
            const answer = await service.ask("POST", "workspace/{made}/assets/logo/", { multipart: image });
            return (
                answer && {
                    seen: `${told(answer)}, result ${JSON.stringify(answer.result)}`,
                    holds: isOk(answer) || answer.reason === "stepup_required",
                }
            );
        },
    ),
    row(
        "C50",
        "write",
        "What becomes of a note whose name is taken?",
        "it is made under another name",
        "sure",
        "notes are looked for before they are made",
        async (service) => {
            const note = () =>
                service.post("workspace/{made}/storage/root/createnote/", { name: "probe.md", content: "probe" });
            await note();
            const answer = await note();
            const name = record(answer?.data.note ?? answer?.data.node).name;
            return (
                answer && {
                    seen: `${told(answer)}, named ${String(name)}`,
                    holds: isOk(answer) && name === "probe (2).md",
                }
            );
        },
    ),
    row(
        "C51",
        "write",
        "Is a folder whose name is taken answered as it is?",
        "it is",
        "sure",
        "Folder: what is there",
        async (service) => {
            const folder = () => service.post("workspace/{made}/storage/root/createfolder/", { name: "Twice" });
            const [one, two] = [await folder(), await folder()];
            const isSame = record(one?.data.node).id === record(two?.data.node).id;
            return (
                two && { seen: `${told(two)}, ${isSame ? "the same" : "another"} folder`, holds: isOk(two) && isSame }
            );
        },
    ),
    row(
        "C52",
        "write",
        "How does an upload end, and does the first answer have its file?",
        "with `complete`; the first answer has none",
        "sure",
        "File: waiting for the end",
        async (service) => {
            const { answer, states, session } = await uploaded(service, "probe.txt", {});
            if (answer === undefined) return undefined;
            const first = answer.data.new_file_id ? "a file" : "no file";
            return {
                seen: `${told(answer)}, ${first} at first; ${states.join(" → ") || "no state"}`,
                holds:
                    isOk(answer) &&
                    !answer.data.new_file_id &&
                    states.at(-1) === "complete" &&
                    Boolean(session.new_file_id),
            };
        },
    ),
    row(
        "C52b",
        "write",
        "What becomes of a wrong checksum?",
        "nothing is stored: 406 with 10778, or assembly_failed",
        "sure",
        "File: the message",
        async (service) => {
            const { answer, states } = await uploaded(service, "wrong.txt", { hash: "00000000", hash_algo: "crc32c" });
            return (
                answer && {
                    seen: [told(answer), ...states].join(" → "),
                    holds: (answer.status === 406 && answer.code === 10778) || states.at(-1) === "assembly_failed",
                }
            );
        },
    ),
    row(
        "C55",
        "write",
        "What is told of a folder in the trash?",
        "that it is deleted",
        "likely",
        "when a folder counts as gone",
        async (service) => {
            const folder = await service.post("workspace/{made}/storage/root/createfolder/", { name: "Trash" });
            service.known.trashed = String(record(folder?.data.node).id ?? "");
            await service.delete("workspace/{made}/storage/{trashed}/delete/");
            const answer = await service.get("workspace/{made}/storage/{trashed}/details/");
            const node = record(answer?.data.node);
            return (
                answer && {
                    seen: `${told(answer)}; ${
                        keysOf(node)
                            .filter((key) => key.startsWith("deleted"))
                            .join(", ") || "nothing about it"
                    }`,
                    holds: answer.status === 404 || "deleted" in node || node.parent === "trash",
                }
            );
        },
    ),
    row(
        "C61",
        "write",
        "Does the text `null` clear a description?",
        "it does",
        "likely",
        "properties that are withdrawn",
        async (service) => {
            await service.post("workspace/{made}/update/", { description: "A probe of the service." });
            await service.post("workspace/{made}/update/", { description: "null" });
            const answer = await service.get("workspace/{made}/details/");
            const { description } = record(answer?.data.workspace);
            return answer && { seen: description == null ? "cleared" : "kept", holds: description == null };
        },
    ),
    row(
        "C64",
        "write",
        "Is a key that a route does not know dropped without a word?",
        "it is: 200",
        "sure",
        "what is written is read back",
        post("workspace/{made}/update/", { name: "Probe", no_such_key: "1" }, isOk),
    ),
    row(
        "C45",
        "write",
        "Is a name of a share that is taken refused?",
        "it is: 406 or 409",
        "likely",
        "Share: taking over by its name",
        async (service) => {
            const custom_name = `probe-${service.known.random?.slice(0, 8)}`;
            const first = await madeShare(service, { custom_name });
            if (first.answer === undefined || !isOk(first.answer))
                return first.answer && { seen: fieldsOf(first.answer), holds: false };
            const { answer } = await madeShare(service, { custom_name });
            return answer && { seen: told(answer), holds: wrong(answer) || answer.status === 409 };
        },
    ),
    row(
        "C47",
        "write",
        "Are colours and links kept as they are sent?",
        "they are",
        "guess",
        "branding",
        async (service) => {
            const { answer } = await madeShare(service, {});
            if (answer === undefined || !isOk(answer)) return undefined;
            const colour = '{"r":1,"g":2,"b":3}';
            await service.post("share/{lastShare}/update/", {
                accent_color: colour,
                link_1: '{"title":"a","url":"https://example.com"}',
            });
            const shown = shareOf(await service.get("share/{lastShare}/details/?output=full"));
            const kept =
                typeof shown.accent_color === "string" ? shown.accent_color : JSON.stringify(shown.accent_color);
            return {
                seen: `a colour as ${typeof shown.accent_color}, a link as ${typeof shown.link_1}`,
                holds: kept?.replace(/\s/g, "").startsWith(colour.slice(0, -1)) ?? false,
            };
        },
    ),
    row(
        "C53",
        "write",
        "Can a file of a workspace be made of a checksum alone?",
        "it cannot",
        "likely",
        "uploads send the bytes",
        async (service) => {
            const from = JSON.stringify({ type: "hash", hash: { hash: "0".repeat(64), hash_type: "sha256" } });
            const answer = await service.post("workspace/{made}/storage/root/addfile/", { name: "hash.bin", from });
            return answer && { seen: told(answer), holds: !isOk(answer) };
        },
    ),
    row(
        "C54",
        "write",
        "Is a change refused that names an old version?",
        "409 with conflict_version_mismatch",
        "sure",
        "changes of notes and files that name a version",
        async (service) => {
            const note = await service.post("workspace/{made}/storage/root/createnote/", {
                name: "versions.md",
                content: "one",
            });
            const id = record(note?.data.note ?? note?.data.node).id;
            if (id === undefined) return undefined;
            service.known.note = String(id);
            await service.post("workspace/{made}/storage/{note}/updatenote/", { content: "two" });
            const answer = await service.post("workspace/{made}/storage/{note}/updatenote/", {
                content: "three",
                if_version_id: "no-such-version",
            });
            return answer && { seen: told(answer), holds: answer.status === 409 };
        },
    ),
    row(
        "C62",
        "write",
        "Can a share on a folder be archived?",
        "it cannot",
        "likely",
        "the rule for `archived`",
        async (service) => {
            const folder = await service.post("workspace/{made}/storage/root/createfolder/", { name: "Archive" });
            const { answer } = await madeShare(service, {
                storage_mode: "workspace_folder",
                folder_node_id: String(record(folder?.data.node).id ?? ""),
            });
            if (answer === undefined || !isOk(answer)) return undefined;
            const archived = await service.post("share/{lastShare}/archive/", {});
            return archived && { seen: told(archived), holds: !isOk(archived) };
        },
    ),
    row(
        "C57",
        "write",
        "What is the answer to a write in an archived workspace?",
        "it is refused",
        "guess",
        "what lies in archived workspaces is opened for a change",
        async (service) => {
            const archived = await service.post("workspace/{made}/archive/", {});
            if (archived === undefined || !isOk(archived))
                return archived && { seen: told(archived), holds: archived.reason === "stepup_required" };
            const answer = await service.post("workspace/{made}/storage/root/createfolder/", { name: "Late" });
            await service.post("workspace/{made}/unarchive/", {});
            return answer && { seen: told(answer), holds: !isOk(answer) };
        },
    ),
    row(
        "C35",
        "write",
        "Is the body of a DELETE read?",
        "it is not: the share stays",
        "sure",
        "confirmations go into the query",
        async (service) => {
            const { answer } = await madeShare(service, {});
            if (answer === undefined || !isOk(answer)) return undefined;
            const deleted = await service.delete("share/{lastShare}/delete/", {
                form: { confirm: service.known.lastShare ?? "" },
            });
            const still = await service.get("share/{lastShare}/details/");
            return deleted && still && { seen: told(deleted), holds: wrong(deleted) && isOk(still) };
        },
    ),
];

/** What the probe leaves alone on purpose. */
export const notAsked: readonly { question: string; why: string }[] = [
    {
        question: "How an organization is created, closed and its domain kept",
        why: "a closed organization may keep its domain for good",
    },
    {
        question: "How a key is made, narrowed and deleted",
        why: "a run that is killed would leave a key that nobody knows",
    },
    { question: "Whether a domain is free", why: "the answer would tell whose domain was asked about" },
    { question: "How an account is closed", why: "a service that does not know the rehearsal of it would do it" },
    { question: "How transfer tokens are made and claimed", why: "whoever holds one can own the organization" },
    { question: "How somebody is added twice, or with a notification", why: "people would get e-mails" },
    { question: "What turning `intelligence` on does, or extraction, or signing", why: "it costs credits" },
    { question: "Whether names of fields and filters of metadata are kept", why: "they can never be removed" },
    { question: "What a locked sign-in answers", why: "five wrong passwords lock the account" },
];
