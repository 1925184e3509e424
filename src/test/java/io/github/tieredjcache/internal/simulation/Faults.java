package io.github.tieredjcache.internal.simulation;

import io.github.tieredjcache.internal.port.FakeWire;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The faults of a run, at moments that are drawn before it. */
final class Faults {
    private static final int SPAN_MILLIS = 20_000;

    private final World world;
    private final SimulatedServer server;
    private final Scenario scenario;
    private final List<SimulatedNode> nodes;
    private final Consumer<SimulatedNode> restart;
    private final Consumer<SimulatedNode> resume;
    private boolean healed;

    Faults(
            World world,
            SimulatedServer server,
            Scenario scenario,
            List<SimulatedNode> nodes,
            Consumer<SimulatedNode> restart,
            Consumer<SimulatedNode> resume) {
        this.world = world;
        this.server = server;
        this.scenario = scenario;
        this.nodes = nodes;
        this.restart = restart;
        this.resume = resume;
    }

    /** The kinds of faults. */
    private enum Fault {
        CUT_CONNECTION,
        SILENT_CUT,
        SILENT_CUT_TO_SERVER,
        SILENT_CUT_TO_NODE,
        FROZEN_SERVER,
        PAUSED_NODE,
        CRASHED_NODE,
        SERVER_WITHOUT_DATA,
        FLUSHED_SERVER
    }

    void schedule() {
        for (int i = 0; i < scenario.faults(); i++) {
            Fault fault = Fault.values()[world.random.nextInt(Fault.values().length)];
            world.at(world.now() + world.millis(0, SPAN_MILLIS), () -> occur(fault));
        }
    }

    private void occur(Fault fault) {
        SimulatedNode drawn = nodes.get(world.random.nextInt(nodes.size()));
        // A node that is changing something has most to lose.
        SimulatedNode node = fault == Fault.CRASHED_NODE
                ? world.frames.stream()
                        .filter(each -> each.operation.changes())
                        .map(each -> each.node)
                        .findFirst()
                        .orElse(drawn)
                : drawn;
        long untilNanos = world.now() + world.millis(10, world.chance(40) ? 8_000 : 900);
        if (healed || !node.isAlive()) {
            return;
        }
        world.report.count("faults: " + fault);
        world.trace(() -> "fault: " + fault + " of " + node + " until " + untilNanos / 1_000_000 + " ms");
        switch (fault) {
            case CUT_CONNECTION -> node.wire().reset();
            case SILENT_CUT -> node.network().cut(true, true, untilNanos);
            case SILENT_CUT_TO_SERVER -> node.network().cut(true, false, untilNanos);
            case SILENT_CUT_TO_NODE -> node.network().cut(false, true, untilNanos);
            case FROZEN_SERVER -> server.freeze(untilNanos);
            case PAUSED_NODE -> {
                // A thread may go on before the connection has read what has arrived.
                world.at(untilNanos, () -> resume.accept(node));
                node.pause(untilNanos);
            }
            case CRASHED_NODE -> {
                restart.accept(node);
                // The others go on reading what it was changing.
                nodes.stream()
                        .filter(each -> each != node)
                        .forEach(each -> world.at(world.now() + world.millis(0, 3_000), () -> resume.accept(each)));
            }
            case SERVER_WITHOUT_DATA -> {
                server.restart(untilNanos);
                nodes.forEach(each -> each.wire().reset());
            }
            case FLUSHED_SERVER -> server.flush(wires());
        }
    }

    private List<FakeWire> wires() {
        List<FakeWire> wires = new ArrayList<>();
        nodes.forEach(each -> wires.add(each.wire()));
        return wires;
    }

    /** Ends all faults. */
    void heal() {
        healed = true;
        world.endFaults();
        server.heal();
        nodes.forEach(each -> each.network().heal());
    }
}
