/** WorkspaceBranding: the colours and the logo of a workspace. */
import * as z from "zod";
import { textAsset } from "../core/assets";
import { parentId } from "../core/properties";
import { defineBranding, image, paint } from "./branding";
import { workspaceDetails } from "./workspace";

export const workspaceBranding = defineBranding({
    kind: "WorkspaceBranding",
    noun: "workspace",
    segment: "workspace",
    parent: { input: "workspaceId", kind: "Workspace" },
    details: workspaceDetails,
    inputs: z.object({
        workspaceId: parentId("a workspace", "getWorkspaceOutput({ folderName }).id").meta({
            immutable: true,
            reference: "Workspace",
            description: "Id of the workspace: the `id` output of a `Workspace`.",
        }),
        accentColor: paint("Colour of buttons and links"),
        backgroundColor1: paint("First colour of the background"),
        backgroundColor2: paint("Second colour of the background"),
        logo: image("The logo"),
    }),
    wire: {
        accentColor: "accent_color",
        backgroundColor1: "background_color1",
        backgroundColor2: "background_color2",
    },
    samples: {
        minimal: { workspaceId: "1000000000000000001" },
        full: {
            workspaceId: "1000000000000000001",
            accentColor: "#0055ff",
            backgroundColor1: "#fafaf5",
            backgroundColor2: { r: 230, g: 230, b: 220 },
            logo: textAsset('<svg xmlns="http://www.w3.org/2000/svg"/>'),
        },
        changed: {
            workspaceId: "1000000000000000001",
            accentColor: { r: 200, g: 40, b: 0, a: 0.9 },
            backgroundColor1: "#101010",
            backgroundColor2: "#202020",
            logo: textAsset('<svg xmlns="http://www.w3.org/2000/svg" height="1"/>'),
        },
    },
});
