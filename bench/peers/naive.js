// The same through `pulumi.dynamic.Resource`, as one writes it in an afternoon: closures that Pulumi serializes, one
// request for every read, nothing looked at before a create, and no diff to speak of.
const pulumi = require("@pulumi/pulumi");
const { organizationId, workspaces, members } = require("./size.json");

const call = async (method, path, form) => {
    const answer = await fetch(process.env.FASTIO_BASE_URL + path, {
        method,
        headers: { authorization: `Bearer ${process.env.FASTIO_TOKEN}` },
        ...(form && { body: new URLSearchParams(form) }),
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(body)}`);
    return body;
};

const workspaceProvider = {
    async create(inputs) {
        const form = {
            folder_name: inputs.folderName,
            name: inputs.name,
            perm_join: "Member or above",
            perm_member_manage: "Member or above",
        };
        const { workspace } = await call("POST", `org/${inputs.organizationId}/create/workspace/`, form);
        return { id: workspace.id, outs: inputs };
    },
    async read(id, props) {
        const { workspace } = await call("GET", `workspace/${id}/details/`);
        return { id, props: { ...props, name: workspace.name } };
    },
    async delete(id) {
        await call("DELETE", `workspace/${id}/delete/`, { confirm: id });
    },
};

const memberProvider = {
    async create(inputs) {
        await call("POST", `workspace/${inputs.workspaceId}/members/${inputs.email}/`, { permissions: inputs.role });
        return { id: `${inputs.workspaceId}/${inputs.email}`, outs: inputs };
    },
    async read(id, props) {
        const { member } = await call("GET", `workspace/${props.workspaceId}/member/${props.email}/details/`);
        return { id, props: { ...props, role: member.permissions } };
    },
    async delete(_, props) {
        await call("DELETE", `workspace/${props.workspaceId}/members/${props.email}/`);
    },
};

class Workspace extends pulumi.dynamic.Resource {
    constructor(name, args) {
        super(workspaceProvider, name, args);
    }
}

class Member extends pulumi.dynamic.Resource {
    constructor(name, args) {
        super(memberProvider, name, args);
    }
}

for (let w = 0; w < workspaces; w++) {
    const folderName = `${organizationId}-naive-${w}`;
    const workspace = new Workspace(`w${w}`, { organizationId, name: `Workspace ${w}`, folderName });
    for (let m = 0; m < members; m++) {
        const email = `person-${m}@example.com`;
        new Member(`w${w}-m${m}`, { workspaceId: workspace.id, email, role: "guest" });
    }
}
