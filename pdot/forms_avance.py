"""Los filtros de las listas del avance: los grupos y el ritmo contra la hoja de ruta."""

from django import forms

from territorios.filtros import CampoOpcion, entero_de

from .ritmo import Situacion

NO_SE_OFRECE = "«%(value)s» no está entre lo que usted puede ver: escoja una de las opciones."
ZONAS = [("", "Todas"), *((str(n), str(n)) for n in range(1, 10))]
TODAS = "todas"


class FiltroGrupos(forms.Form):
    """Van en la dirección. `estrategias`: las de los grupos que ve quien mira, la última primero.

    Sin decir cuál, las que están en curso `hoy`, o la última si ninguna lo está: las de hace años
    son historia y se piden.
    """

    estrategia = CampoOpcion(required=False)
    zona = CampoOpcion(required=False, choices=ZONAS)

    def __init__(self, *args, estrategias, hoy, **kwargs):
        super().__init__(*args, **kwargs)
        self.estrategias = estrategias
        en_curso = [una for una in estrategias if una.desde <= hoy <= una.hasta]
        self.de_siempre = en_curso or estrategias[:1]
        self.fields["estrategia"].choices = [
            ("", "En curso" if en_curso else "La última"),
            (TODAS, "Todas"),
            *((una.codigo, str(una)) for una in estrategias),
        ]
        if len(estrategias) < 2:
            self.fields["estrategia"].widget = forms.HiddenInput()
        _vestir(self)

    @property
    def elegidas(self):
        """Las Estrategia cuyos grupos se listan."""
        pedida = self.cleaned_data["estrategia"]
        if pedida == TODAS:
            return self.estrategias
        return [una for una in self.estrategias if una.codigo == pedida] or self.de_siempre

    def aplicar(self, grupos):
        """{clave: cifras} de los de esas estrategias que tocan esa zona."""
        claves = {una.pk for una in self.elegidas}
        zona = entero_de(self.cleaned_data["zona"])
        return {
            clave: cifras
            for clave, cifras in grupos.items()
            if cifras["estrategia"] in claves and (not zona or zona in cifras["zonas"])
        }


class FiltroRitmo(forms.Form):
    """Van en la dirección. `grupos`: los que ve quien mira, ya conformados."""

    zona = CampoOpcion(required=False, choices=ZONAS)
    grupo = CampoOpcion(required=False)
    situacion = CampoOpcion(
        label="Situación", required=False, choices=[("", "Todas"), *Situacion.choices]
    )

    def __init__(self, *args, grupos, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grupo"].choices = [
            ("", "Todos"),
            *((str(grupo.pk), str(grupo)) for grupo in grupos),
        ]
        _vestir(self)

    def aplicar(self, puestos):
        """Los de esa zona (la del GAD), ese grupo y esa situación."""
        pedido = self.cleaned_data
        if pedido["grupo"]:
            puestos = [uno for uno in puestos if uno.grupo.pk == int(pedido["grupo"])]
        if pedido["zona"]:
            puestos = [uno for uno in puestos if uno.zona == int(pedido["zona"])]
        if pedido["situacion"]:
            puestos = [uno for uno in puestos if uno.situacion == pedido["situacion"]]
        return puestos


def _vestir(filtro):
    for campo in filtro:
        campo.field.error_messages["invalid_choice"] = NO_SE_OFRECE
        if not campo.is_hidden:
            campo.field.widget.attrs["class"] = "form-select"
