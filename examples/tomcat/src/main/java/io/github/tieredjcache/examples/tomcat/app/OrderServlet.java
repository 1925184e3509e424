package io.github.tieredjcache.examples.tomcat.app;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import javax.cache.Cache;

/** Shows and takes orders: {@code GET} and {@code PUT /orders/4711}. */
@WebServlet("/orders/*")
public final class OrderServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            String order = orders().get(request.getPathInfo());
            response.setStatus(order == null ? HttpServletResponse.SC_NOT_FOUND : HttpServletResponse.SC_OK);
            response.getWriter().print(order == null ? "" : order);
        } catch (IllegalStateException e) {
            closed(response, e);
        }
    }

    @Override
    protected void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String order = request.getReader().readLine();
        try {
            orders().put(request.getPathInfo(), order);
        } catch (IllegalStateException e) {
            closed(response, e);
        }
    }

    /** The provider was closed while requests arrive. */
    private static void closed(HttpServletResponse response, IllegalStateException e) throws IOException {
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.getWriter().print(e.getMessage());
    }

    private Cache<String, String> orders() {
        return Caches.orders(getServletContext());
    }
}
