package io.github.tieredjcache.examples.springboot;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;

/** There is no product of that number. It is cached, so it is stored in Redis like a value. */
@ResponseStatus(HttpStatus.NOT_FOUND)
public class UnknownProductException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnknownProductException(long id) {
        super("there is no product " + id);
    }
}
