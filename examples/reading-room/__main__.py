"""A room in which a few people read documents, and take none of them away."""

from pathlib import Path

import pulumi
import pulumi_fastio as fastio

config = pulumi.Config()
domain = config.get("domain") or "northwind-board"
readers = (config.get("readers") or "dana@example.com,eve@example.com").split(",")

board = fastio.Organization("board", domain=domain, name="Northwind Board")

minutes = fastio.Workspace(
    "minutes",
    organization_id=board.id,
    name="Minutes",
    description="The minutes of the board, one file a meeting.",
    perm_member_manage=fastio.WorkspaceMemberManage.ADMIN_OR_ABOVE,
)

folder = fastio.Folder("approved", workspace_id=minutes.id, name="Approved")

for path in sorted(Path("minutes").glob("*.md")):
    fastio.File(
        path.stem,
        workspace_id=minutes.id,
        folder_id=folder.id,
        name=path.name,
        source=pulumi.FileAsset(str(path)),
    )

room = fastio.Share(
    "room",
    workspace_id=minutes.id,
    title="Minutes of the board",
    storage_mode=fastio.StorageMode.WORKSPACE_FOLDER,
    folder_id=folder.id,
    share_type=fastio.ShareType.EXCHANGE,
    access_options=fastio.ShareAccess.ONLY_MEMBERS_OF_THE_SHARE_OR_WORKSPACE,
    download_enabled=False,
)

fastio.ShareBranding(
    "look",
    share_id=room.id,
    accent_color="#1f3a5f",
    links=[{"title": "About Northwind", "url": "https://northwind.example"}],
)

invitations = {
    email: fastio.ShareMember(email, share_id=room.id, email=email, role=fastio.ShareRole.VIEW).status
    for email in readers
}

pulumi.export("account", fastio.get_current_user_output().email)
pulumi.export("room", room.url)
pulumi.export("invitations", invitations)
