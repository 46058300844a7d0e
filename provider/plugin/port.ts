/** The socket of a plugin: all that has to be loaded before the engine can connect. */
import { Server, ServerCredentials } from "@grpc/grpc-js";

/** States and files make large messages. */
export function newServer(): Server {
    return new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
}

/** Serves on a free port of the loopback, and answers it. */
export function listen(server: Server): Promise<number> {
    return new Promise((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
            error === null ? resolve(port) : reject(error),
        );
    });
}
