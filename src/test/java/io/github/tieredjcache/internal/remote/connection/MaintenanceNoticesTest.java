package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

class MaintenanceNoticesTest {

    @Test
    void maintenanceNotificationsAreDisabled() {
        ClientOptions.Builder options = ClientOptions.builder();
        assertTrue(options.build().getMaintNotificationsConfig().maintNotificationsEnabled());
        MaintenanceNotices.disable(options);
        assertFalse(options.build().getMaintNotificationsConfig().maintNotificationsEnabled());
    }

    @Test
    void anOlderLettuceWithoutNotificationsIsAccepted() throws Exception {
        ClassLoader older = new OlderLettuce();
        assertThrows(ClassNotFoundException.class, () -> older.loadClass(MaintNotificationsConfig.class.getName()));
        Method disable = older.loadClass(MaintenanceNotices.class.getName())
                .getDeclaredMethod("disable", ClientOptions.Builder.class);
        disable.setAccessible(true);
        assertDoesNotThrow(() -> invoke(disable));
    }

    private static void invoke(Method disable) throws Throwable {
        try {
            disable.invoke(null, ClientOptions.builder());
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /**
     * A class loader with its own MaintenanceNotices, which finds all of Lettuce except the classes that 6.6 does not
     * have.
     */
    private static final class OlderLettuce extends ClassLoader {
        OlderLettuce() {
            super(MaintenanceNoticesTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith(MaintNotificationsConfig.class.getName())) {
                throw new ClassNotFoundException(name);
            }
            if (name.startsWith(MaintenanceNotices.class.getName())) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? own(name) : loaded;
            }
            return super.loadClass(name, resolve);
        }

        private Class<?> own(String name) throws ClassNotFoundException {
            try (InputStream bytes = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] all = bytes.readAllBytes();
                return defineClass(name, all, 0, all.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
