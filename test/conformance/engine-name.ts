import { Docker } from "../../src/index.js";

/** The version and image store of the Engine at a host: "28.5.2 containerd". */
export async function engineName(host: string): Promise<string> {
  const docker = new Docker({ host });
  try {
    const [{ Version }, { Driver }] = await Promise.all([docker.systemVersion(), docker.systemInfo()]);
    // Debian adds its own to the version.
    return `${Version?.replace(/[^\d.].*/, "")} ${Driver === "overlayfs" ? "containerd" : Driver}`;
  } finally {
    await docker.close();
  }
}
