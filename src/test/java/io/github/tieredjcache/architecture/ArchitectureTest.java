package io.github.tieredjcache.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

/** The floors and the doors of the house: arrows point down only, and each library is seen in one room. */
class ArchitectureTest {
    private static final String BASE = "io.github.tieredjcache";
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(BASE);

    /** The files that know each other in circles: the session of an object graph and the serializers that it calls. */
    private static final Set<String> CORE = Stream.of(
                    "AllowList",
                    "ClassDescriptor",
                    "ClassDescriptors",
                    "ClassNames",
                    "DeepCopy",
                    "GraphReferences",
                    "JdkSerializers",
                    "KryoSession",
                    "StringEncoding",
                    "TypeSerializer")
            .map(name -> BASE + ".internal.codec.graph." + name)
            .collect(Collectors.toSet());

    private static final ArchRule WALL_CLOCKS_DECIDE_NOTHING = noClasses()
            .that()
            // Its timestamps are compared with those of Hibernate, which are of that clock.
            .doNotHaveFullyQualifiedName(BASE + ".internal.framework.HibernateTimestampLoader")
            .should()
            .accessTargetWhere(
                    DescribedPredicate.describe("is a wall clock", access -> isWallClock(access.getTarget())));

    @Test
    void layersDependOnLowerLayersOnly() {
        Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage(BASE + "..")
                .layer("spring")
                .definedBy(BASE + ".spring")
                .layer("roof")
                .definedBy(BASE + ".jcache")
                .layer("beans")
                .definedBy(BASE + ".internal.jmx")
                .layer("assembly")
                .definedBy(BASE + ".internal.assembly")
                .layer("management")
                .definedBy(BASE + ".management")
                .layer("micrometer")
                .definedBy(BASE + ".micrometer")
                .layer("engine")
                .definedBy(BASE + ".internal.engine..")
                .layer("record")
                .definedBy(BASE + ".internal.record")
                .layer("tiers")
                .definedBy(
                        BASE + ".internal.near",
                        BASE + ".internal.remote..",
                        BASE + ".internal.source",
                        BASE + ".internal.event")
                .layer("vocabulary")
                .definedBy(
                        BASE + ".internal.port",
                        BASE + ".internal.model",
                        BASE + ".internal.coherence",
                        BASE + ".internal.support",
                        BASE + ".internal.codec..",
                        BASE + ".internal.stats",
                        BASE + ".internal.file")
                .layer("framework")
                .definedBy(BASE + ".internal.framework")
                .layer("ground")
                .definedBy(BASE)
                .whereLayer("spring")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("spring")
                .mayOnlyAccessLayers("roof", "management", "micrometer", "ground")
                .whereLayer("roof")
                .mayOnlyBeAccessedByLayers("spring")
                .whereLayer("beans")
                .mayOnlyBeAccessedByLayers("roof")
                .whereLayer("assembly")
                .mayOnlyBeAccessedByLayers("roof", "beans")
                .whereLayer("management")
                .mayOnlyBeAccessedByLayers("spring", "micrometer", "roof", "beans")
                .whereLayer("management")
                .mayOnlyAccessLayers("ground")
                .whereLayer("micrometer")
                .mayOnlyBeAccessedByLayers("spring")
                .whereLayer("micrometer")
                .mayOnlyAccessLayers("management", "ground")
                .whereLayer("engine")
                .mayOnlyBeAccessedByLayers("roof", "beans", "assembly")
                .whereLayer("record")
                .mayOnlyBeAccessedByLayers("assembly")
                .whereLayer("tiers")
                .mayOnlyBeAccessedByLayers("roof", "assembly", "engine", "record")
                .whereLayer("vocabulary")
                .mayOnlyBeAccessedByLayers("roof", "beans", "assembly", "engine", "record", "tiers")
                .whereLayer("framework")
                .mayOnlyBeAccessedByLayers("assembly", "engine", "vocabulary")
                .whereLayer("framework")
                .mayNotAccessAnyLayer()
                .check(HOUSE);
    }

    @Test
    void thePackagesOfTheTiersDoNotDependOnEachOther() {
        slices().matching(BASE + ".internal.(near|remote|source|event)..")
                .should()
                .notDependOnEachOther()
                .check(HOUSE);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(BASE + ".(**)").should().beFreeOfCycles().check(HOUSE);
    }

    @Test
    void filesHaveNoCycles() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        if (!type.getPackageName().startsWith(BASE)) {
                            return SliceIdentifier.ignore();
                        }
                        String file = type.getFullName().replaceFirst("\\$.*", "");
                        return SliceIdentifier.of(CORE.contains(file) ? "core" : file);
                    }

                    @Override
                    public String getDescription() {
                        return "files";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(HOUSE);
    }

    @Test
    void thePackagesOfTheRemoteTierAreLayered() {
        rooms(".internal.remote", "record", "connection", "tracking", "wire");
    }

    @Test
    void thePackagesOfTheCodecAreLayered() {
        rooms(".internal.codec", "", "value", "graph", "api");
        rooms(".internal.codec", "", "key", "graph", "api");
        slices().matching(BASE + ".internal.codec.(value|key)")
                .should()
                .notDependOnEachOther()
                .check(HOUSE);
    }

    @Test
    void thePackagesOfTheEngineAreLayered() {
        rooms(".internal.engine", "", "load", "common", "verification");
    }

    @Test
    void thePackagesOfTheVocabularyAreLayered() {
        rooms(".internal", "port", "model", "coherence", "support");
    }

    /** Checks that each room sees only itself and those after it. An empty name is the package around them. */
    private static void rooms(String around, String... names) {
        List<String> above = new ArrayList<>();
        for (String name : names) {
            String room = BASE + around + (name.isEmpty() ? "" : "." + name);
            if (!above.isEmpty()) {
                noClasses()
                        .that()
                        .resideInAPackage(room)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(above.toArray(String[]::new))
                        .check(HOUSE);
            }
            above.add(room);
        }
    }

    @Test
    void caffeineIsUsedInNearOnly() {
        seenOnlyIn("com.github.benmanes..", BASE + ".internal.near").check(HOUSE);
    }

    @Test
    void lettuceAndNettyAreUsedInRemoteOnly() {
        seenOnlyIn("io.lettuce..", BASE + ".internal.remote..").check(HOUSE);
        // A cache of Spring recognises the threads of event loops.
        seenOnlyIn("io.netty..", BASE + ".internal.remote..", BASE + ".spring").check(HOUSE);
    }

    @Test
    void kryoIsUsedInCodecOnly() {
        seenOnlyIn("com.esotericsoftware..", BASE + ".internal.codec..").check(HOUSE);
        seenOnlyIn("org.objenesis..", BASE + ".internal.codec.graph").check(HOUSE);
    }

    @Test
    void typesafeConfigIsUsedInFileOnly() {
        seenOnlyIn("com.typesafe..", BASE + ".internal.file").check(HOUSE);
    }

    @Test
    void lz4IsUsedInOneClassBecauseItIsOptional() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(BASE + ".internal.codec.value.Lz4")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("net.jpountz..")
                .check(HOUSE);
    }

    @Test
    void histogramsAndTheFlightRecorderAreUsedInStatsOnly() {
        seenOnlyIn("org.HdrHistogram..", BASE + ".internal.stats").check(HOUSE);
        seenOnlyIn("jdk.jfr..", BASE + ".internal.stats").check(HOUSE);
    }

    @Test
    void micrometerIsUsedInMicrometerAndSpringOnly() {
        seenOnlyIn("io.micrometer..", BASE + ".micrometer", BASE + ".spring").check(HOUSE);
    }

    @Test
    void springIsUsedInSpringOnly() {
        seenOnlyIn("org.springframework..", BASE + ".spring").check(HOUSE);
        seenOnlyIn("reactor..", BASE + ".internal.remote..", BASE + ".spring").check(HOUSE);
    }

    @Test
    void managementIsUsedInTheBeansOnly() {
        seenOnlyIn("javax.management..", BASE + ".internal.jmx", BASE + ".management")
                .check(HOUSE);
    }

    @Test
    void staticFieldsAreFinal() {
        fields().that()
                .areStatic()
                .and()
                .doNotHaveModifier(JavaModifier.SYNTHETIC)
                .should()
                .beFinal()
                .check(HOUSE);
    }

    @Test
    void noFieldIsAThreadLocal() {
        noFields().should().haveRawType(ThreadLocal.class).check(HOUSE);
    }

    @Test
    void noCodeWaitsOnMonitorsOrSleeps() {
        noClasses()
                .should()
                .callMethod(Object.class, "wait")
                .orShould()
                .callMethod(Object.class, "notifyAll")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .check(HOUSE);
    }

    @Test
    @Covers(FaultRow.F63)
    void noCodeReadsAWallClock() {
        WALL_CLOCKS_DECIDE_NOTHING.check(HOUSE);
    }

    @Test
    void theRuleFindsEveryReadOfAWallClock() {
        JavaClasses lookers = new ClassFileImporter().importPackagesOf(WallClockLookers.class);
        EvaluationResult found = WALL_CLOCKS_DECIDE_NOTHING.evaluate(
                lookers.that(JavaClass.Predicates.simpleNameEndingWith("WallClockLookers")));
        assertEquals(
                WallClockLookers.LOOKS, found.getFailureReport().getDetails().size());
    }

    @Test
    void thePublicTypesOfUsersBeginWithTier() {
        classes()
                .that()
                .resideInAPackage(BASE)
                .and()
                .arePublic()
                .and()
                .areTopLevelClasses()
                .should()
                .haveSimpleNameStartingWith("Tier")
                // A choice, of a setting.
                .orShould()
                .beEnums()
                // An application catches it.
                .orShould()
                .beAssignableTo(CacheException.class)
                .check(HOUSE);
    }

    private static boolean isWallClock(AccessTarget target) {
        String owner = target.getOwner().getName();
        String name = target.getName();
        boolean withoutArguments = target instanceof CodeUnitAccessTarget unit
                && unit.getRawParameterTypes().isEmpty();
        return (owner.equals("java.lang.System") && name.equals("currentTimeMillis"))
                || (owner.startsWith("java.time.") && name.equals("now"))
                || owner.equals("java.time.Clock")
                || (owner.equals("java.util.Date") && name.equals("<init>") && withoutArguments)
                || (owner.equals("java.util.Calendar") && name.equals("getInstance"));
    }

    private static ArchRule seenOnlyIn(String library, String... rooms) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(rooms)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }
}
