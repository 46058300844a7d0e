// An address to which people send files that they cannot see afterwards, in an organization that is there already.

const pulumi = require("@pulumi/pulumi");
const fastio = require("pulumi-fastio/plugin");

const config = new pulumi.Config();
const domain = config.require("domain");
const team = config.get("team") ?? "ann@example.com";

const organization = fastio.getOrganizationOutput({ domain });

const applications = new fastio.Workspace("applications", {
    organizationId: organization.id,
    name: "Applications",
    description: "What candidates send us, for the people who read it.",
});

const inbox = new fastio.Share(
    "inbox",
    {
        workspaceId: applications.id,
        title: "Send us your application",
        // Guests put files in, and see none.
        shareType: fastio.ShareType.Receive,
        accessOptions: fastio.ShareAccess.AnyoneWithARegisteredAccount,
        anonymousUploadsEnabled: true,
        notify: fastio.ShareNotify.NotifyOnFileReceived,
    },
    // Nobody can be told a new address: what is in use is not replaced by a slip.
    { protect: config.getBoolean("inUse") },
);

new fastio.WorkspaceMember("reader", {
    workspaceId: applications.id,
    email: team,
    role: fastio.WorkspaceRole.Member,
});

exports.organization = organization.name;
exports.address = inbox.url;
