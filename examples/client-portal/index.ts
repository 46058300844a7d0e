// A data room for each line of clients.csv, behind a password of its own.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "csv-parse/sync";
import * as fastio from "pulumi-fastio";

interface Client {
    /** The client's name in the stack: it stays when the client gets another name. */
    key: string;
    client: string;
    contact: string;
    colour: string;
}

const config = new pulumi.Config();
const seed = config.requireSecret("passwordSeed");

/** The same in every run, other for every client, and useless to whoever does not know the seed. */
function passwordOf(key: string): pulumi.Output<string> {
    return seed.apply((secret) => createHmac("sha256", secret).update(key).digest("base64url").slice(0, 24));
}

const firm = new fastio.Organization("firm", {
    domain: config.get("domain") ?? "northwind-advisors",
    name: "Northwind Advisors",
});

const portal = new fastio.Workspace("portal", { organizationId: firm.id, name: "Client portal" });

const clients: Client[] = parse(readFileSync("clients.csv"), { columns: true, skip_empty_lines: true, trim: true });

const rooms = clients.map(({ key, client, contact, colour }) => {
    const password = passwordOf(key);
    const room = new fastio.DataRoom(key, {
        organizationId: firm.id,
        workspaceId: portal.id,
        name: client,
        share: {
            shareType: fastio.ShareType.Send,
            accessOptions: fastio.ShareAccess.AnyoneWithTheLink,
            password,
        },
        folders: ["Contracts", "Reports/2026"],
        documents: { "Welcome.md": new pulumi.asset.StringAsset(`# ${client}\n\nWelcome to your room.\n`) },
        members: { [contact]: fastio.ShareRole.View },
        branding: { accentColor: colour },
    });
    return { key, url: room.url, password };
});

export const urls = Object.fromEntries(rooms.map(({ key, url }) => [key, url]));
export const passwords = pulumi.secret(Object.fromEntries(rooms.map(({ key, password }) => [key, password])));
