package io.github.tieredjcache.internal.jmx;

import java.util.Set;
import javax.management.DescriptorRead;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.StandardMBean;
import org.jspecify.annotations.Nullable;

/**
 * An MXBean with the descriptions of its interface's {@link io.github.tieredjcache.management.Description}s. Without
 * this class consoles would show them as descriptors at best. The descriptor field {@code units} has the unit of a
 * number.
 *
 * @param <T> the interface
 */
public final class DescribedBean<T> extends StandardMBean {
    private static final Set<String> ACTIONS = Set.of("invalidate", "clearNear", "warm");

    public DescribedBean(T bean, Class<T> type) {
        super(bean, type, true);
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
    protected String getDescription(MBeanAttributeInfo info) {
        Object unit = info.getDescriptor().getFieldValue("units");
        String described = text(info, "description", super.getDescription(info));
        return unit == null || unit.equals("") ? described : described + " [" + unit + "]";
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
