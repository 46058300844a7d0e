// Organizations: create, details, update, close, lists and discovery.
import { atLeast, isInScope, membership, openOrganization, requireAccountWrite, requireScope } from "../access";
import { ApiError } from "../api-error";
import { assetUrl } from "../asset-url";
import type { Answer, Backend, Call, Routes } from "../call";
import { dateText } from "../clock";
import { initialValues, invalid, readFields, required } from "../fields";
import {
    asOrganization,
    findOrganization,
    industries,
    isTaken,
    type Organization,
    organizationFields,
    type Row,
    reservedNames,
} from "../parents";
import { featureNames, hasFeature } from "../plans";
import { isListed } from "../policies";
import { addOwner, pendingOn } from "./members";
import { closeWorkspace } from "./workspaces";

export function organizations(routes: Routes): void {
    routes.post("/org/create/", createOrganization);
    routes.get("/org/:org_id/details/", details);
    routes.post("/org/:org_id/update/", updateOrganization);
    routes.post("/org/:org_id/close/", closeOrganization);
    routes.get("/org/:org_id/public/details/", publicDetails);
    routes.get("/orgs/list/", (call) => listed(call, joined(call)));
    routes.get("/orgs/list/external/", (call) => listed(call, external(call)));
    routes.get("/orgs/all/", (call) => listed(call, all(call)));
    routes.get("/orgs/available/", (call) => listed(call, available(call)));
    routes.get("/orgs/check/domain/:domain/", checkDomain);
    routes.get("/orgs/industries/", () => ({ industries }));
}

function createOrganization(call: Call): Answer {
    requireAccountWrite(call);
    requireScope(call, [["org", "*"]]);
    const domain = required(call.input, "domain");
    checkDomainName(domain);
    const fields = {
        ...initialValues(organizationFields),
        billing_email: call.user.email,
        ...readFields(organizationFields, call.input),
    };
    refuseTaken(call.backend, domain);
    const organization: Organization = {
        id: call.ids.profile(),
        domain,
        fields,
        plan: call.user.accountType === "agent" ? "agent" : "free",
        limits: {},
        switches: call.store.settings.activation === "byHand" ? { activated: false } : {},
        created: call.now,
        updated: call.now,
    };
    const switches = JSON.stringify(organization.switches);
    call.store.insert("organizations", { ...organization, fields: JSON.stringify(fields), limits: "{}", switches });
    addOwner(call, "organization", organization.id);
    call.did("created", "organization", organization.id);
    return { org: organizationObject(call, organization), trial: false };
}

/** Table says 2–80, the pattern stops at 63: both hold. */
function checkDomainName(domain: string): void {
    if (domain.length < 2 || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(domain)) {
        throw invalid("domain", "must be 2 to 63 lower-case letters, digits or inner hyphens");
    }
    if (reservedNames.has(domain)) throw invalid("domain", "is reserved");
}

function refuseTaken(backend: Backend, domain: string, exceptId?: string): void {
    if (isTaken(backend, "organizations", "domain", domain, exceptId)) {
        const { era } = backend.dialect;
        const isInput = era === "late" && backend.store.settings.takenDomain === "406";
        throw isInput ? invalid("domain", `${domain} is taken`) : new ApiError("EXISTS", `domain: ${domain} is taken.`);
    }
}

function details(call: Call): Answer {
    const organization = findOrganization(call.backend, call.param("org_id"));
    const { id } = organization;
    const isMember = membership(call.backend, id, call.user.id) !== null;
    // Whoever is on one of its workspaces sees it as a stranger does.
    const isExternal = !isMember && external(call).some((row) => row.id === id);
    if (call.dialect.era === "late" && !isExternal) openOrganization(call, "view");
    requireScope(call, [["org", id]]);
    if (!isMember && !isExternal) throw new ApiError("DENIED", "You have no access to this organization.");
    return { org: organizationObject(call, organization) };
}

function updateOrganization(call: Call): Answer {
    const { organization } = openOrganization(call, "admin");
    const { domain } = call.input;
    if (domain !== undefined && domain !== organization.domain) {
        checkDomainName(domain);
        refuseTaken(call.backend, domain, organization.id);
    }
    const changed = {
        ...organization,
        domain: domain ?? organization.domain,
        fields: { ...organization.fields, ...readFields(organizationFields, call.input) },
    };
    if (JSON.stringify(changed) !== JSON.stringify(organization)) {
        changed.updated = call.now;
        call.store.update("organizations", organization.id, {
            domain: changed.domain,
            fields: JSON.stringify(changed.fields),
            updated: changed.updated,
        });
        call.did("updated", "organization", organization.id);
    }
    return { org: organizationObject(call, changed) };
}

function closeOrganization(call: Call): Answer {
    const { organization } = openOrganization(call, "owner");
    const { confirm } = call.input;
    if (confirm !== organization.id && confirm !== organization.domain) {
        throw invalid("confirm", "must be the organization's domain or id");
    }
    const { id } = organization;
    const workspaces = call.store.all<{ id: string }>(
        "SELECT id FROM workspaces WHERE organizationId = ? AND closed = 0",
        id,
    );
    for (const workspace of workspaces) closeWorkspace(call, workspace.id);
    call.store.update("organizations", id, { closed: 1, updated: call.now });
    for (const table of ["members", "invitations", "assets"])
        call.store.run(`DELETE FROM ${table} WHERE parentId = ?`, id);
    call.store.run("DELETE FROM transferTokens WHERE organizationId = ?", id);
    call.did("deleted", "organization", id);
    return {};
}

function publicDetails(call: Call): Answer {
    return { org: publicObject(call, findOrganization(call.backend, call.param("org_id"))) };
}

function checkDomain(call: Call): Answer {
    const domain = call.param("domain");
    try {
        checkDomainName(domain);
    } catch (error) {
        if (error instanceof ApiError) return { available: false };
        throw error;
    }
    return { available: !isTaken(call.backend, "organizations", "domain", domain) };
}

type OrganizationRow = Row<Organization>;

function joined(call: Call): OrganizationRow[] {
    return call.store.all<OrganizationRow>(
        `SELECT organizations.* FROM organizations JOIN members ON parentId = organizations.id
         WHERE userId = ? AND status = 'active' AND (expires IS NULL OR expires > ?) AND closed = 0
         ORDER BY organizations.rowid`,
        call.user.id,
        call.now,
    );
}

/** Reached only through a membership of one of its workspaces. */
function external(call: Call): OrganizationRow[] {
    const own = new Set(joined(call).map(({ id }) => id));
    const rows = call.store.all<OrganizationRow>(
        `SELECT * FROM organizations WHERE closed = 0 AND id IN (
             SELECT organizationId FROM workspaces JOIN members ON parentId = workspaces.id
             WHERE userId = ? AND status = 'active' AND (expires IS NULL OR expires > ?) AND closed = 0
         ) ORDER BY rowid`,
        call.user.id,
        call.now,
    );
    return rows.filter(({ id }) => !own.has(id));
}

/** Joined and invited. */
function all(call: Call): OrganizationRow[] {
    const invited = call.store.all<OrganizationRow>(
        `SELECT organizations.* FROM organizations JOIN invitations ON parentId = organizations.id
         WHERE userId = ? AND state = 'pending' AND (expires IS NULL OR expires > ?) AND closed = 0
         ORDER BY organizations.rowid`,
        call.user.id,
        call.now,
    );
    return [...joined(call), ...invited];
}

/** Those that the caller's mail domain opens. */
function available(call: Call): OrganizationRow[] {
    const own = new Set(all(call).map(({ id }) => id));
    const domain = call.user.email.split("@")[1] ?? "";
    return call.store
        .all<OrganizationRow>("SELECT * FROM organizations WHERE closed = 0 ORDER BY rowid")
        .filter((row) => !own.has(row.id) && asOrganization(row).fields.perm_auth_domains?.toLowerCase() === domain);
}

function listed(call: Call, rows: OrganizationRow[]): Answer {
    const shown = rows.filter(({ id }) => isInScope(call, [["org", id]]) && isListed(call, id));
    return call.page("orgs", shown, (row) => organizationObject(call, asOrganization(row)));
}

function publicObject(call: Call, { id, domain, fields }: Organization): Answer {
    const logo = assetUrl(call, "org", id, "logo");
    return { id, domain, name: fields.name, logo, accent_color: fields.accent_color };
}

/** Late accounts 9.2. */
function capabilities(organization: Organization): Answer {
    const features = featureNames.map((name) => [name, hasFeature(organization, name)]);
    return { ...Object.fromEntries(features), can_publish_agent_chat: false };
}

/** What the caller's role shows: strangers the public part, admins the billing and permissions, owners all. */
export function organizationObject(call: Call, organization: Organization): Answer {
    const role = membership(call.backend, organization.id, call.user.id);
    const { billing_email, perm_member_manage, perm_auth_domains, ...fields } = organization.fields;
    return {
        ...publicObject(call, organization),
        member: role !== null,
        user_permission: role,
        user_status: role ? "joined" : pendingOn(call, organization.id) ? "invited" : "available",
        ...(role && {
            ...fields,
            plan: organization.plan,
            subscriber: call.dialect.era === "early" || organization.switches.activated !== false,
            closed: false,
            locked: false,
            suspended: false,
            parent: null,
            capabilities: call.dialect.era === "early" ? {} : capabilities(organization),
            custom_domain: null,
            platform: null,
            dmca: false,
            created: dateText(organization.created),
            updated: dateText(organization.updated),
        }),
        ...(atLeast(role, "admin") && {
            billing_email,
            perm_member_manage,
            perm_auth_domains,
            subscriber_trial_credits: null,
        }),
        ...(atLeast(role, "owner") && { encryption_key: null, storage: null }),
    };
}
