// The page that shows what an emulator holds and what was asked of it.
import { html, raw } from "hono/html";
import type { Backend } from "./call";
import { census } from "./census";
import { dateText } from "./clock";
import type { Faults } from "./faults";
import type { Ledger, LedgerEntry } from "./ledger";
import {
    asOrganization,
    asShare,
    asWorkspace,
    type Organization,
    type Row,
    type Share,
    type Workspace,
} from "./parents";

const shownEntries = 200;

type Html = ReturnType<typeof html>;

/** One self-contained document that keeps itself up to date. */
export function page(backend: Backend, ledger: Ledger, faults: Faults): Html {
    const entries = ledger.after(0);
    return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fast.io emulator</title>
<style>${raw(style)}</style>
</head>
<body>
<header><h1>Fast.io emulator</h1><label><input type="checkbox" id="live" checked> keep up to date</label></header>
<main>
<p>${settings(backend)}</p>
<h2>Census</h2>
<dl>${Object.entries(census(backend)).map(([kind, count]) => counted(kind, count))}</dl>
${faults.list.length === 0 ? "" : html`<h2>Faults</h2><ul>${faults.list.map((fault) => html`<li><code>${JSON.stringify(fault)}</code>`)}</ul>`}
<h2>State</h2>
${state(backend)}
<h2>Ledger</h2>
<p>${Math.min(entries.length, shownEntries)} of ${entries.length} requests, the newest first. All of them:
<a href="/_emulator/ledger">/_emulator/ledger</a></p>
<table>
<thead><tr><th>seq<th>time<th>request<th>actor<th>status<th>effect<th>object</thead>
<tbody>${entries.slice(-shownEntries).reverse().map(row)}</tbody>
</table>
</main>
<script>${raw(script)}</script>
</body>
</html>`;
}

function settings({ store, clock, dialect }: Backend): string {
    const { requestsPerMinute, keepClosed } = store.settings;
    return [
        `dialect ${dialect.name}`,
        `${dateText(clock.now)}${clock.offsetSeconds === 0 ? "" : ` (moved ${clock.offsetSeconds} s ahead)`}`,
        ...(clock.dateSkewSeconds === 0 ? [] : [`the Date header is ${clock.dateSkewSeconds} s off`]),
        requestsPerMinute === null ? "no rate limit" : `${requestsPerMinute} requests per minute`,
        `names of closed objects ${keepClosed ? "stay taken" : "are free again"}`,
    ].join(" · ");
}

function counted(kind: string, count: number): Html {
    return html`<div class="${count === 0 ? "none" : "some"}"><dt>${kind}</dt><dd>${count}</dd></div>`;
}

function state(backend: Backend): Html {
    const organizations = backend.store.all<Row<Organization>>("SELECT * FROM organizations WHERE closed = 0");
    if (organizations.length === 0) return html`<p class="none">No organizations.</p>`;
    return html`<ul>${organizations.map(asOrganization).map(({ id, domain, plan, fields }) => {
        const workspaces = backend.store.all<Row<Workspace>>(
            "SELECT * FROM workspaces WHERE organizationId = ? AND closed = 0",
            id,
        );
        const about = `${domain} · plan ${plan}`;
        return entry(
            backend,
            "organization",
            id,
            fields.name,
            about,
            workspaces.map(asWorkspace).map(ofWorkspace(backend)),
        );
    })}</ul>`;
}

function ofWorkspace(backend: Backend): (workspace: Workspace) => Html {
    return ({ id, folderName, archived, fields }) => {
        const shares = backend.store.all<Row<Share>>("SELECT * FROM shares WHERE workspaceId = ? AND closed = 0", id);
        const about = `${folderName}${archived ? " · archived" : ""}`;
        return entry(backend, "workspace", id, fields.name, about, shares.map(asShare).map(ofShare(backend)));
    };
}

function ofShare(backend: Backend): (share: Share) => Html {
    return ({ id, customName, archived, fields }) => {
        const about = `${customName} · ${fields.share_type} · ${fields.access_options}${archived ? " · archived" : ""}`;
        return entry(backend, "share", id, fields.title, about, []);
    };
}

function entry(backend: Backend, kind: string, id: string, name: string | null, about: string, below: Html[]): Html {
    const members = backend.store.all<{ email: string; role: string; status: string }>(
        "SELECT email, role, status FROM members JOIN users ON users.id = userId WHERE parentId = ? ORDER BY members.rowid",
        id,
    );
    return html`<li><b>${name ?? "(no name)"}</b> <span>${kind} ${id} · ${about}</span>
<div class="members">${members.map(
        ({ email, role, status }) => html`<span class="${status}">${email} <i>${role}</i></span>`,
    )}</div>
<ul>${below}</ul></li>`;
}

function row(entry: LedgerEntry): Html {
    const { seq, time, method, path, query, actor, status, code, effect, kind, id, unknown, fault } = entry;
    const search = Object.keys(query).length === 0 ? "" : `?${new URLSearchParams(query)}`;
    const classes = unknown ? "unknown" : fault || status >= 400 ? "refused" : effect;
    return html`<tr class="${classes}"><td>${seq}<td>${time.slice(11, 19)}<td>${method} ${path}${search}<td>${actor ?? ""}
<td>${status}${code === null ? "" : ` / ${code}`}${unknown ? " unknown route" : ""}${fault ? ` fault ${fault.id}, ${fault.effect} ${fault.when} the commit` : ""}<td>${effect}<td>${kind ?? ""} ${id ?? ""}</tr>`;
}

const style = `
:root { color-scheme: light dark; --soft: #8888; --line: #8883; }
body { font: 14px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 76rem; padding: 1rem 1.5rem 4rem; }
header { align-items: baseline; display: flex; justify-content: space-between; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1rem; margin: 1.8rem 0 .5rem; }
dl { display: grid; gap: .4rem; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); margin: 0; }
dl div { border: 1px solid var(--line); border-radius: .4rem; display: flex; justify-content: space-between; padding: .2rem .6rem; }
dd { font-weight: 600; margin: 0; } .none { opacity: .45; }
ul { list-style: none; margin: 0; padding: 0; } li ul { border-left: 2px solid var(--line); padding-left: 1rem; }
li { margin: .5rem 0; } li > span, .members { font-size: .85em; opacity: .75; }
.members span { border: 1px solid var(--line); border-radius: 1rem; margin-right: .3rem; padding: 0 .5rem; } .pending { font-style: italic; }
table { border-collapse: collapse; font: 12px/1.6 ui-monospace, monospace; width: 100%; }
th { text-align: left; } td, th { border-bottom: 1px solid var(--line); padding: .1rem .6rem .1rem 0; vertical-align: top; overflow-wrap: anywhere; }
.created td { color: #1a8f4c; } .updated td { color: #2f6fd6; } .deleted td { color: #b06a00; } .refused td { color: #c62f3c; }
.unknown td { background: #c62f3c; color: #fff; }`;

const script = `
setInterval(async () => {
    if (!document.getElementById("live").checked || document.hidden) return;
    const answer = await fetch(location.href).catch(() => undefined);
    if (!answer?.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("main").replaceWith(next.querySelector("main"));
}, 2000);`;
