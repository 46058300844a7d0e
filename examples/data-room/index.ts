// A data room for a financing round: whatever lies in documents/, behind a password, until the round is over.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as fastio from "pulumi-fastio";

const config = new pulumi.Config();

const password = config.requireSecret("password");

const organization = new fastio.Organization("northwind", {
    domain: config.get("domain") ?? "northwind-capital",
    name: "Northwind Capital",
});

/** Every file of a folder, under the path that it has there. */
function filesIn(folder: string): Record<string, pulumi.asset.Asset> {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(
        files.map(({ parentPath, name }) => {
            const path = join(parentPath, name);
            return [path.slice(folder.length + 1).replaceAll("\\", "/"), new pulumi.asset.FileAsset(path)];
        }),
    );
}

const room = new fastio.DataRoom("series-b", {
    organizationId: organization.id,
    name: "Northwind Series B",
    share: {
        description: "Everything that investors need for their decision.",
        shareType: fastio.ShareType.Send,
        accessOptions: fastio.ShareAccess.AnyoneWithTheLink,
        password,
        expires: config.get("expires") ?? "2099-12-31T18:00:00Z",
        // Investors without an account of their own read, and download nothing.
        downloadEnabled: false,
    },
    folders: ["Financials", "Legal/Contracts"],
    documents: filesIn("documents"),
    members: {
        [config.get("partner") ?? "ann@example.com"]: fastio.ShareRole.Admin,
        [config.get("investor") ?? "ben@example.com"]: fastio.ShareRole.View,
    },
    branding: {
        accentColor: "#1b4d8c",
        backgroundColor1: "#0d2747",
        logo: new pulumi.asset.FileAsset("brand/logo.svg"),
        links: [{ title: "Northwind Capital", url: "https://example.com/" }],
    },
});

export const organizationId = organization.id;
export const workspaceId = room.workspaceId;
export const shareId = room.shareId;
export const url = room.url;

// As secret as it went in: for whoever sends the investors their mail.
export { password };
