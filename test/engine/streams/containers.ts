import type { ContainerCreateBody } from "../../../src/index.js";
import type { Bench } from "../engine.js";

/** Makes containers of busybox:local as a test wants them, which are deleted at the end of its block. */
export function containersOf({ docker, atEnd }: Bench) {
  return async (command: string[], settings: Partial<ContainerCreateBody> = {}): Promise<string> => {
    const { HostConfig, ...rest } = settings;
    const { Id } = await docker.containerCreate({
      Image: "busybox:local",
      Cmd: command,
      ...rest,
      HostConfig: { NetworkMode: "none", Init: true, ...HostConfig },
    });
    atEnd(() => docker.containerDelete(Id, { force: true }));
    return Id;
  };
}
