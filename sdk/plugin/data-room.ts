/** DataRoom over the plugin: the same component, of the plugin's resources. */
import type * as pulumi from "@pulumi/pulumi";
import { type DataRoomArgs, DataRoom as DataRoomOf } from "../data-room";
import { File } from "./file";
import { Folder } from "./folder";
import { Share } from "./share";
import { ShareBranding } from "./share-branding";
import { ShareMember } from "./share-member";
import { TransferToken } from "./transfer-token";
import { Workspace } from "./workspace";

/** A data room: a share with its folders, documents, look and people, and a workspace around it unless there is one already. */
export class DataRoom extends DataRoomOf {
    constructor(name: string, args: DataRoomArgs, opts?: pulumi.ComponentResourceOptions) {
        super(name, args, opts, { File, Folder, Share, ShareBranding, ShareMember, TransferToken, Workspace });
    }
}
