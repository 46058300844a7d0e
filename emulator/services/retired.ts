// Routes that the service has withdrawn and still tells so: late content 12.7. They are none of the API's any more.
import { ApiError, type Site } from "../api-error";
import type { Handler, Routes } from "../call";

const gone =
    (site: Site): Handler =>
    () => {
        throw new ApiError("NOT_FOUND", "This endpoint is retired.", { site });
    };

export function retired(routes: Routes): void {
    const path = "/workspace/:workspace_id/storage/:node_id/metadata";
    routes.late.get(`${path}/templates/`, gone("retiredTemplates"));
    routes.late.post(`${path}/templates/`, gone("retiredTemplates"));
    routes.late.post(`${path}/template_select/`, gone("retiredTemplateSelect"));
    routes.late.post(`${path}/update/`, gone("retiredMetadataUpdate"));
}
