import type { OperationId } from "#generated/operations.js";
import { anyOf, hasLabels } from "../filters.js";
import { type FakeOperation, NOTHING, OK, objectIn } from "./call.js";

/** Operations on networks and volumes. */
export const networkOperations = {
  NetworkList: {
    options: ["filters"],
    answer: ({ query }, { networks }) => {
      const filters = query.filters(["id", "name", "driver", "label", "type"]);
      const predefined = ["bridge", "host", "none"];
      const listed = networks.all.filter(
        ({ body, driver, id, name }) =>
          anyOf(filters, "id", (value) => id.startsWith(value)) &&
          anyOf(filters, "name", (value) => name.includes(value)) &&
          anyOf(filters, "driver", (value) => driver === value) &&
          anyOf(filters, "type", (value) => (value === "builtin") === predefined.includes(name)) &&
          hasLabels(filters, body.Labels ?? {}),
      );
      // Engines do not list the containers of a network.
      return { status: 200, body: listed.map(({ view }) => ({ ...view, Containers: {} })) };
    },
  },
  NetworkInspect: {
    options: ["scope"],
    answer: ({ target }, { networks }) => ({ status: 200, body: networks.get(target).view }),
  },
  NetworkCreate: {
    answer: ({ body }, { networks }) => ({
      status: 201,
      body: { Id: networks.create(body).id, Warning: "" },
    }),
  },
  NetworkDelete: {
    answer: ({ target }, { networks }) => {
      networks.remove(networks.get(target));
      return NOTHING;
    },
  },
  NetworkConnect: {
    answer: ({ target, body }, engine) => {
      const { Container = "", EndpointConfig } = objectIn(body);
      const network = engine.networks.get(target);
      const aliases = (objectIn(EndpointConfig).Aliases ?? []) as readonly string[];
      engine.networks.connect(network, engine.container(String(Container)), aliases);
      return OK;
    },
  },
  NetworkDisconnect: {
    answer: ({ target, body }, engine) => {
      const network = engine.networks.get(target);
      engine.networks.disconnect(network, engine.container(String(objectIn(body).Container ?? "")));
      return OK;
    },
  },
  NetworkPrune: {
    options: ["filters"],
    answer: ({ query }, { networks }) => {
      const filters = query.filters(["label"]);
      const removed = networks.prune(({ body }) => hasLabels(filters, body.Labels ?? {}));
      return { status: 200, body: { NetworksDeleted: removed.length > 0 ? removed : null } };
    },
  },
  VolumeCreate: {
    answer: ({ body }, { volumes }) => ({ status: 201, body: volumes.create(body) }),
  },
  VolumeInspect: {
    answer: ({ target }, { volumes }) => ({ status: 200, body: volumes.get(target) }),
  },
  VolumeList: {
    options: ["filters"],
    answer: ({ query }, { volumes }) => {
      const filters = query.filters(["name", "label", "driver"]);
      const listed = volumes.all.filter(
        ({ Driver, Labels, Name }) =>
          anyOf(filters, "name", (value) => Name.includes(value)) &&
          anyOf(filters, "driver", (value) => Driver === value) &&
          hasLabels(filters, Labels ?? {}),
      );
      return { status: 200, body: { Volumes: listed, Warnings: null } };
    },
  },
  VolumeDelete: {
    options: ["force"],
    answer: ({ target, query }, { volumes }) => {
      const isThere = volumes.all.some(({ Name }) => Name === target);
      if (isThere || !query.flag("force")) volumes.remove(target);
      return NOTHING;
    },
  },
} satisfies Partial<Record<OperationId, FakeOperation>>;
