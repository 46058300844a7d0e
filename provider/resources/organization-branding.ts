/** OrganizationBranding: the colours and images of an organization. */
import * as z from "zod";
import { textAsset } from "../core/assets";
import { NoInsight } from "../core/insight";
import { parentId, phrase } from "../core/properties";
import { defineBranding, image, paint } from "./branding";
import { organizationDetails } from "./organization";
import { roleShown } from "./ownership";
import { backgroundMode } from "./phrases";

export const organizationBranding = defineBranding({
    kind: "OrganizationBranding",
    noun: "organization",
    segment: "org",
    parent: { input: "organizationId", kind: "Organization" },
    async details(context, id) {
        const org = await organizationDetails(context, id);
        if (org !== undefined && roleShown(org) === null) throw new NoInsight({ noun: "organization" });
        return org;
    },
    inputs: z.object({
        organizationId: parentId("an organization", "getOrganizationOutput({ domain }).id").meta({
            immutable: true,
            reference: "Organization",
            description: "Id of the organization: the `id` output of an `Organization`.",
        }),
        accentColor: paint("Colour of buttons and links"),
        backgroundColor: paint("Colour of the background"),
        backgroundMode: phrase("BackgroundMode", backgroundMode)
            .meta({
                reset: { to: "stretched" },
                description: "How the background is laid out: `stretched` or `fixed`. Removing it sets `stretched`.",
            })
            .optional(),
        useBackground: z
            .boolean()
            .meta({ reset: { to: false }, description: "Whether the background is shown. Removing it sets false." })
            .optional(),
        logo: image("The logo"),
        banner: image("The banner"),
    }),
    wire: {
        accentColor: "accent_color",
        backgroundColor: "background_color",
        backgroundMode: "background_mode",
        useBackground: "use_background",
    },
    samples: {
        minimal: { organizationId: "1000000000000000001" },
        full: {
            organizationId: "1000000000000000001",
            accentColor: "#0055ff",
            backgroundColor: { r: 250, g: 250, b: 245 },
            backgroundMode: "fixed",
            useBackground: true,
            logo: textAsset('<svg xmlns="http://www.w3.org/2000/svg"/>'),
            banner: textAsset('<svg xmlns="http://www.w3.org/2000/svg" width="3"/>'),
        },
        changed: {
            organizationId: "1000000000000000001",
            accentColor: { r: 200, g: 40, b: 0, a: 0.9 },
            backgroundColor: "#101010",
            backgroundMode: "stretched",
            useBackground: false,
            logo: textAsset('<svg xmlns="http://www.w3.org/2000/svg" height="1"/>'),
            banner: textAsset('<svg xmlns="http://www.w3.org/2000/svg" height="3"/>'),
        },
    },
});
