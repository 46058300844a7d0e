// The tour of what workspaces, shares and storages have since October 2026.
import type { Step } from "./coverage-tour";

const file = (family: string) => ({
    name: "a.txt",
    size: "5",
    action: "create",
    instance_id: `$${family}_id`,
    folder_id: "root",
});

const storages = ["workspace", "share"].flatMap((family): Step[] => {
    const path = `/${family}/{${family}_id}/storage`;
    const root = { node_id: "root" };
    return [
        {
            route: "POST /upload/",
            file: "chunk",
            send: file(family),
            wants: ["new_file_id"],
            keep: { upload_id: "id" },
        },
        {
            route: "GET /upload/{upload_id}/details/",
            send: { wait: "60" },
            keep: { node_id: "session.new_file_id" },
        },
        { route: `POST ${path}/{node_id}/lock/`, keep: { lock: "lock_token" } },
        { route: `POST ${path}/{node_id}/lock/heartbeat/`, send: { lock_token: "$lock" }, wants: ["lock_info"] },
        { route: `GET ${path}/inventory/`, send: { include: "path" }, wants: ["nodes.items.0.path"] },
        { route: `GET ${path}/{node_id}/requestzip/`, params: root, wants: ["token"] },
    ];
});

const fileShares: readonly Step[] = [
    {
        route: "POST /upload/",
        file: "chunk",
        send: { ...file("workspace"), name: "shown.txt" },
        keep: { upload_id: "id" },
    },
    { route: "GET /upload/{upload_id}/details/", send: { wait: "60" }, keep: { node: "session.new_file_id" } },
    {
        route: "POST /workspace/{workspace_id}/create/fileshare/",
        send: { node: "$node" },
        wants: ["fileshare.access_option", "fileshare.file.name"],
        keep: { fileshare_id: "fileshare.id" },
    },
    { route: "GET /workspace/{workspace_id}/list/fileshares/", wants: ["fileshares.0.grant_count", "pagination"] },
    { route: "POST /fileshare/{fileshare_id}/update/", send: { title: "Shown" }, wants: ["fileshare.title"] },
    { route: "PATCH /fileshare/{fileshare_id}/update/", send: { title: "" }, wants: ["fileshare.id"] },
    {
        route: "POST /fileshare/{fileshare_id}/grants/",
        send: { email: "reader@example.com", capability: "download" },
        wants: ["grant.capability"],
    },
    { route: "GET /fileshare/{fileshare_id}/grants/", wants: ["grants.0.email"] },
    { route: "DELETE /fileshare/{fileshare_id}/grants/", send: { email: "reader@example.com" } },
    { route: "DELETE /fileshare/{fileshare_id}/delete/" },
];

const webImports: readonly Step[] = [
    {
        route: "POST /web_upload/",
        send: {
            source_url: "https://example.com/a.txt",
            profile_id: "$workspace_id",
            profile_type: "workspace",
            folder_id: "root",
            file_name: "a.txt",
        },
        wants: ["web_upload.status"],
        keep: { web_import: "id" },
    },
    { route: "GET /web_upload/", wants: ["web_uploads.0.file_name", "pagination"] },
    { route: "GET /web_upload/{upload_id}/details/", params: { upload_id: "$web_import" }, wants: ["web_upload.id"] },
    { route: "DELETE /web_upload/", send: { id: "$web_import" } },
];

export const lateContentTour: readonly Step[] = [
    {
        route: "POST /org/{org_id}/create/workspace/",
        send: {
            folder_name: "later-files",
            name: "Later files",
            perm_join: "Member or above",
            perm_member_manage: "Member or above",
        },
        keep: { workspace_id: "workspace.id" },
    },
    { route: "GET /workspace/{workspace_id}/jobs/status/", wants: ["jobs.metadata_extract"] },
    {
        route: "POST /workspace/{workspace_id}/create/share/",
        send: { title: "Room", intelligence: "false" },
        keep: { share_id: "share.id" },
    },
    ...storages,
    {
        route: "POST /upload/batch/",
        file: "file_0",
        send: { instance_id: "$workspace_id", manifest: JSON.stringify([{ index: 0, filename: "b.txt" }]) },
        wants: ["results.0.upload_id"],
        keep: { batch_id: "batch_id" },
    },
    { route: "GET /upload/batch/{batch_id}/", wants: ["count_total"] },
    ...fileShares,
    ...webImports,
    { route: "GET /cloudsync/workspace/{workspace_id}/providers/", wants: ["providers.0"] },
    { route: "GET /workspace/{workspace_id}/sign_templates/list/", wants: ["sign_templates", "pagination"] },
];
