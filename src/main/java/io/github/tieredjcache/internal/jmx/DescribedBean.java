package io.github.tieredjcache.internal.jmx;

import io.github.tieredjcache.TierNumber;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.Descriptor;
import javax.management.DescriptorRead;
import javax.management.ImmutableDescriptor;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.StandardMBean;
import org.jspecify.annotations.Nullable;

/**
 * An MXBean with the descriptions of {@link TierNumber} and of its interface's {@link
 * io.github.tieredjcache.management.Description}s. Without this class consoles would show the latter as descriptors at
 * best. The descriptor field {@code units} has the unit of a number.
 *
 * @param <T> the interface
 */
public final class DescribedBean<T> extends StandardMBean {
    private static final Set<String> ACTIONS = Set.of("invalidate", "clearNear", "warm");

    /** Made once: each cache registers its beans. */
    private static final Map<String, Descriptor> NUMBERS = Arrays.stream(TierNumber.values())
            .collect(Collectors.toMap(
                    TierNumber::attributeName,
                    number -> new ImmutableDescriptor(
                            new String[] {"description", "units"},
                            new Object[] {number.description(), number.unit()})));

    public DescribedBean(T bean, Class<T> type) {
        super(bean, type, true);
    }

    /** Returns the information on the bean; that on the numbers of {@link TierNumber} is from there. */
    @Override
    public MBeanInfo getMBeanInfo() {
        MBeanInfo info = super.getMBeanInfo();
        return new MBeanInfo(
                info.getClassName(),
                info.getDescription(),
                Arrays.stream(info.getAttributes())
                        .map(DescribedBean::described)
                        .toArray(MBeanAttributeInfo[]::new),
                info.getConstructors(),
                info.getOperations(),
                info.getNotifications(),
                info.getDescriptor());
    }

    /** Returns the information with unit and description, which annotations or the table have. */
    private static MBeanAttributeInfo described(MBeanAttributeInfo info) {
        Descriptor descriptor = info.getDescriptor();
        Descriptor number = NUMBERS.get(info.getName());
        if (number != null && descriptor.getFieldValue("description") == null) {
            descriptor = ImmutableDescriptor.union(descriptor, number);
        }
        Object unit = descriptor.getFieldValue("units");
        String text = String.valueOf(descriptor.getFieldValue("description"));
        return new MBeanAttributeInfo(
                info.getName(),
                info.getType(),
                unit == null || unit.equals("") ? text : text + " [" + unit + "]",
                info.isReadable(),
                info.isWritable(),
                info.isIs(),
                descriptor);
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        return text(info, "description", super.getDescription(info));
    }

    @Override
    protected String getDescription(MBeanFeatureInfo info) {
        return text(info, "description", super.getDescription(info));
    }

    @Override
    protected String getDescription(MBeanOperationInfo operation, MBeanParameterInfo info, int sequence) {
        return text(info, "description", super.getDescription(operation, info, sequence));
    }

    @Override
    protected String getParameterName(MBeanOperationInfo operation, MBeanParameterInfo info, int sequence) {
        return text(info, "name", super.getParameterName(operation, info, sequence));
    }

    /** Returns ACTION for the operations that change something, INFO for the others. */
    @Override
    protected int getImpact(MBeanOperationInfo info) {
        return ACTIONS.contains(info.getName()) ? MBeanOperationInfo.ACTION : MBeanOperationInfo.INFO;
    }

    private static String text(DescriptorRead info, String field, @Nullable String otherwise) {
        Object value = info.getDescriptor().getFieldValue(field);
        return value instanceof String text && !text.isEmpty() ? text : String.valueOf(otherwise);
    }
}
