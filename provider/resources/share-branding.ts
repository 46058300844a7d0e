/** ShareBranding: the colours, images and links of a share. */
import * as z from "zod";
import { textAsset } from "../core/assets";
import type { Properties } from "../core/define";
import { parentId, plainText, webAddress } from "../core/properties";
import { parsedJson } from "../core/wire";
import { defineBranding, image, paint } from "./branding";
import { shareDetails } from "./share";

const linkFields = ["link_1", "link_2", "link_3"] as const;

/** A link as it is declared, of what the service keeps. */
function linkOf(shown: unknown): unknown {
    const link = typeof shown === "string" ? parsedJson(shown) : shown;
    if (typeof link !== "object" || link === null) return link;
    const { title, url } = link as Properties;
    return { title, url };
}

export const shareBranding = defineBranding({
    kind: "ShareBranding",
    noun: "share",
    segment: "share",
    parent: { input: "shareId", kind: "Share" },
    details: shareDetails,
    inputs: z.object({
        shareId: parentId("a share", "getShareOutput({ customName }).id").meta({
            immutable: true,
            reference: "Share",
            description: "Id of the share: the `id` output of a `Share`.",
        }),
        accentColor: paint("Colour of buttons and links"),
        backgroundColor1: paint("First colour of the background"),
        backgroundColor2: paint("Second colour of the background"),
        backgroundImage: z
            .int({ error: "must be a whole number from 0 to 128" })
            .min(0, { error: "must be a whole number from 0 to 128" })
            .max(128, { error: "must be a whole number from 0 to 128" })
            .meta({
                reset: { to: 0 },
                description: "Number of one of the service's own background images, 0 to 128. Removing it sets 0.",
            })
            .optional(),
        workspaceStyle: z
            .boolean()
            .meta({
                reset: { to: true },
                description: "Whether the share looks like its workspace. Removing it sets true.",
            })
            .optional(),
        logo: image("The logo"),
        background: image("The background image"),
        links: z
            .array(
                z.strictObject({
                    title: plainText(1, 255).meta({ description: "The text of the link." }),
                    url: webAddress().meta({ description: "Where the link leads." }),
                }),
            )
            .min(1, { error: "must hold one to three links; leave it out for none" })
            .max(3, { error: "must hold one to three links" })
            .meta({ description: "One to three links that the share shows, in this order. Removing them clears them." })
            .optional(),
    }),
    wire: {
        accentColor: "accent_color",
        backgroundColor1: "background_color1",
        backgroundColor2: "background_color2",
        backgroundImage: "background_image",
        workspaceStyle: "workspace_style",
    },
    samples: {
        minimal: { shareId: "1000000000000000001" },
        full: {
            shareId: "1000000000000000001",
            accentColor: "#0055ff",
            backgroundColor1: "#fafaf5",
            backgroundColor2: { r: 230, g: 230, b: 220 },
            backgroundImage: 7,
            workspaceStyle: false,
            logo: textAsset('<svg xmlns="http://www.w3.org/2000/svg"/>'),
            background: textAsset('<svg xmlns="http://www.w3.org/2000/svg" width="3"/>'),
            links: [{ title: "About us", url: "https://example.com/about" }],
        },
        changed: {
            shareId: "1000000000000000001",
            accentColor: { r: 200, g: 40, b: 0, a: 0.9 },
            backgroundColor1: "#101010",
            backgroundColor2: "#202020",
            backgroundImage: 128,
            workspaceStyle: true,
            logo: textAsset('<svg xmlns="http://www.w3.org/2000/svg" height="1"/>'),
            background: textAsset('<svg xmlns="http://www.w3.org/2000/svg" height="3"/>'),
            links: [
                { title: "About us", url: "https://example.com/about-us" },
                { title: "Terms", url: "https://example.com/terms" },
            ],
        },
    },

    fields(set, clear) {
        const links = clear.includes("links") ? [] : set.links;
        if (!Array.isArray(links)) return {};
        return Object.fromEntries(
            linkFields.map((field, index) => [field, index in links ? JSON.stringify(links[index]) : null]),
        );
    },

    shown(answer) {
        if (!linkFields.some((field) => field in answer)) return {};
        const links = linkFields.map((field) => linkOf(answer[field])).filter((link) => (link ?? "") !== "");
        return { links: links.length === 0 ? null : links };
    },
});
