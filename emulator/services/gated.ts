// Features that plans gate, as far as a program asks whether they are there.
import { openWorkspace } from "../access";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes } from "../call";
import { parseInteger } from "../fields";
import { findOrganization } from "../parents";
import { hasFeature } from "../plans";

export function gated(routes: Routes): void {
    routes.newer.get("/workspace/:workspace_id/sign_templates/list/", signTemplates);
    routes.late.get("/cloudsync/workspace/:workspace_id/providers/", providers);
}

/** Late content 16: the emulator has no template of signatures ever. */
function signTemplates(call: Call): Answer {
    const { workspace } = openWorkspace(call, "view");
    if (!hasFeature(findOrganization(call.backend, workspace.organizationId), "signing")) {
        const told = { status: 403 };
        throw new ApiError("RESTRICTED", "The plan of the organization has no signing.", { told });
    }
    parseInteger(call.input.limit ?? "50", "limit", 1, 200);
    return call.page("sign_templates", [], () => ({}));
}

/** Late content 13. */
function providers(call: Call): Answer {
    openWorkspace(call, "view");
    return { providers: ["google_drive", "box", "dropbox", "onedrive_business"] };
}
