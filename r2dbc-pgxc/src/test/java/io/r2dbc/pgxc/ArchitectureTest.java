// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.Source;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.spi.R2dbcException;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.reactivestreams.Publisher;

/** Holds what the house plan promises: who may know whom, and where each bend of the rules has its one home. */
@AnalyzeClasses(packages = "io.r2dbc.pgxc", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

    private static final String ROOT = "io.r2dbc.pgxc";
    private static final String WIRE = ROOT + ".wire";
    private static final String AUTH = ROOT + ".auth";
    private static final String CODEC = ROOT + ".codec";
    private static final String VALUE = ROOT + ".value";
    private static final String REPLICATION = ROOT + ".replication";
    private static final String JTS = "org.locationtech.jts.geom..";
    private static final String EXCHANGE = ROOT + ".exchange";
    private static final String NET = ROOT + ".net";

    private static final String[] EVERYWHERE = {"java..", "org.jspecify.annotations"};
    private static final String[] ON_THE_ROOF = {
        ROOT + "..", "io.r2dbc.spi", "reactor.core..", "reactor.util..", "org.reactivestreams", "io.netty.buffer"
    };

    private static final Pattern MOVING_OR_SHARING =
            Pattern.compile("read[A-Z].*|skipBytes|(retained)?([sS]lice|[dD]uplicate)");
    private static final Pattern COUNTING =
            Pattern.compile("retain|release|retained(Slice|Duplicate)|readRetainedSlice|safeRelease");

    // Floors and import allow-lists. A room's own package is understood.

    @ArchTest
    static final ArchRule wire_knows_bytes_and_nobody = room(WIRE, "io.netty.buffer");

    @ArchTest
    static final ArchRule auth_knows_proofs_and_nobody =
            room(AUTH, "javax.crypto..", "javax.security.auth..", "org.ietf.jgss", "com.ongres..");

    @ArchTest
    static final ArchRule codec_knows_bytes_and_the_vocabulary_of_types =
            room(CODEC, VALUE, "io.netty.buffer", "io.r2dbc.spi", JTS);

    @ArchTest
    static final ArchRule jts_may_be_missing = noClasses()
            .that(not(inFile("JtsGeometries")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(JTS);

    @ArchTest
    static final ArchRule value_knows_nobody = room(VALUE);

    @ArchTest
    static final ArchRule replication_knows_bytes_and_positions = room(REPLICATION, VALUE, "io.netty.buffer");

    @ArchTest
    static final ArchRule exchange_knows_the_ground_floor =
            room(EXCHANGE, WIRE, AUTH, "io.netty.buffer", "org.reactivestreams");

    @ArchTest
    static final ArchRule net_knows_the_first_floor =
            room(NET, EXCHANGE, WIRE, "io.netty..", "reactor..", "org.reactivestreams", "javax.net.ssl");

    @ArchTest
    static final ArchRule the_roof_knows_the_rooms_and_the_spi = classes()
            .that()
            .resideInAPackage(ROOT)
            .and(not(inFile("PgxcConfiguration", "Options", "TlsSettings", "GssSettings")))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(packages(EVERYWHERE, ON_THE_ROOF));

    @ArchTest
    static final ArchRule the_configuration_knows_tls_and_gssapi_and_event_loops_too = classes()
            .that(inFile("PgxcConfiguration", "Options", "TlsSettings", "GssSettings"))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(packages(
                    EVERYWHERE,
                    ON_THE_ROOF,
                    "io.netty.handler.ssl",
                    "javax.net.ssl",
                    "org.ietf.jgss",
                    "reactor.netty.resources"));

    @ArchTest
    static final ArchRule packages_have_no_cycles =
            slices().matching("io.r2dbc.(pgxc..)").should().beFreeOfCycles();

    @ArchTest
    static void rooms_are_null_marked(JavaClasses house) {
        assertThat(house.stream().map(JavaClass::getPackage).distinct())
                .isNotEmpty()
                .allMatch(room -> room.isAnnotatedWith(NullMarked.class), "@NullMarked");
    }

    // Each bend has one home.

    @ArchTest
    static final ArchRule a_data_row_is_no_message = classes()
            .that()
            .areAssignableTo(DataRow.class)
            .should()
            .notBeAssignableTo(BackendMessage.class)
            .because("it is reused for the next row, a message is not");

    @ArchTest
    static final ArchRule nobody_keeps_a_data_row = fields().that(
                    describe("hold a DataRow", ArchitectureTest::holdsDataRow))
            .should()
            .beDeclaredInClassesThat(inFile("BackendDecoder", "PgxcRow"))
            .because("it shows another row as soon as the callback is over");

    @ArchTest
    static final ArchRule three_publishers_are_written_by_hand = classes()
            .that(describe(
                    "are publishers, and not by extending one of the driver's", ArchitectureTest::isNewPublisher))
            .should(ArchCondition.from(inFile("Execution", "DemandFlux", "EventFlux"))
                    .as("be one of the three"))
            .because("each is held by the Reactive Streams TCK, and a fourth needs a measured reason");

    @ArchTest
    static final ArchRule codecs_read_by_absolute_offset = noClasses()
            .that()
            .resideInAPackage(CODEC)
            .should()
            .accessTargetWhere(access(MOVING_OR_SHARING, ByteBuf.class))
            .because("a value's bytes are seen through (buffer, offset, length)");

    @ArchTest
    static final ArchRule references_are_counted_in_net_and_copy_and_for_bound_buffers_only = noClasses()
            .that()
            .resideOutsideOfPackage(NET)
            .and(not(inFile("CopyInBytes", "CopyOutBytes", "CopyBoth", "BoundBuffer")))
            .should()
            .accessTargetWhere(access(COUNTING, ReferenceCounted.class).or(access(COUNTING, ReferenceCountUtil.class)));

    @ArchTest
    static final ArchRule errors_are_made_in_one_file = noClasses()
            .that(not(inFile("Errors")))
            .should()
            .callConstructorWhere(describe("an R2dbcException is made", ArchitectureTest::makesR2dbcException));

    private static ArchRule room(String room, String... neighbours) {
        return classes()
                .that()
                .resideInAPackage(room)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(packages(EVERYWHERE, neighbours, room));
    }

    private static String[] packages(String[] some, String[] others, String... more) {
        return Stream.of(some, others, more).flatMap(Stream::of).toArray(String[]::new);
    }

    private static DescribedPredicate<JavaClass> inFile(String... names) {
        Set<String> wanted = Set.of(names);
        return describe(
                "are in the file of " + String.join(", ", names),
                type -> type.getSource()
                        .flatMap(Source::getFileName)
                        .map(file -> wanted.contains(file.replace(".java", "")))
                        .orElse(false));
    }

    private static boolean isNewPublisher(JavaClass type) {
        boolean extendsOurs = type.getRawSuperclass()
                .filter(parent -> parent.getPackageName().startsWith(ROOT))
                .isPresent();
        return type.isAssignableTo(Publisher.class) && !extendsOurs;
    }

    private static boolean holdsDataRow(JavaField field) {
        return field.getType().getAllInvolvedRawTypes().stream().anyMatch(type -> type.isEquivalentTo(DataRow.class));
    }

    /** Sees calls and method references alike. */
    private static DescribedPredicate<JavaAccess<?>> access(Pattern names, Class<?> owner) {
        return describe(
                "a " + owner.getSimpleName() + "'s " + names,
                access -> access.getTarget().getOwner().isAssignableTo(owner)
                        && names.matcher(access.getTarget().getName()).matches());
    }

    /** Leaves out what a subclass passes to its superclass. */
    private static boolean makesR2dbcException(JavaConstructorCall call) {
        return call.getTargetOwner().isAssignableTo(R2dbcException.class)
                && !call.getOriginOwner().isAssignableTo(R2dbcException.class);
    }
}
