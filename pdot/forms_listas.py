"""Formulario con versión cuyas listas se eligen entre objetos ya traídos (`UnoDe`, `VariosDe`)."""

from territorios.forms import FormularioVersionado


class FormularioConListas(FormularioVersionado):
    """Nombra lo elegido en sus listas cuando dos personas guardan a la vez.

    `de_uno`: los campos `UnoDe`, que se ponen en la fila; las listas (`VariosDe`) van aparte, en
    `listas()`, porque se guardan dentro de la acción.
    """

    de_uno = ()
    de_varios = ()

    def listas(self):
        """{campo: [objeto, …]} de lo elegido en cada lista."""
        return {nombre: self.cleaned_data[nombre] for nombre in self.de_varios}

    def _post_clean(self):
        for nombre in self.de_uno:
            if nombre in self.fields and nombre in self.cleaned_data:
                setattr(self.instance, nombre, self.cleaned_data[nombre])
        super()._post_clean()

    def conflictos_con(self, actual):
        """(campo, lo guardado, lo tecleado) de cada campo en que difieren, con nombres."""
        propios = {*self.de_uno, *self.de_varios} & set(self.fields)
        pares = [
            (self.fields[nombre].label, self._guardado(actual, nombre), self._elegido(nombre))
            for nombre in self.fields
            if nombre in propios and nombre in self.changed_data
        ]
        etiquetas = {self.fields[nombre].label for nombre in propios}
        comunes = [par for par in super().conflictos_con(actual) if par[0] not in etiquetas]
        return [*comunes, *pares]

    def _guardado(self, actual, nombre):
        valor = getattr(actual, nombre)
        return self.fields[nombre].legible(valor.all() if nombre in self.de_varios else valor)

    def _elegido(self, nombre):
        return self.fields[nombre].legible(self.cleaned_data.get(nombre))
