"""Campos para elegir entre objetos ya traídos.

La lista se trae una vez y lo tecleado se busca en ella, sin otra consulta. Lo que no está en la
jurisdicción de quien entra no está en su lista, así que un identificador ajeno es un error.
"""

from django import forms
from django.core.exceptions import ValidationError

from territorios.filtros import Lista


class UnoDe(forms.ChoiceField):
    """Elegir uno; `clean` devuelve el objeto, o None."""

    widget = Lista
    objetos = {}

    def ofrecer(self, objetos, *, etiqueta=str, vacia):
        self.objetos = {str(objeto.pk): objeto for objeto in objetos if objeto}
        opciones = [(clave, etiqueta(objeto)) for clave, objeto in self.objetos.items()]
        self.choices = [("", vacia), *opciones]

    def clean(self, value):
        return self.objetos.get(super().clean(value))

    def has_changed(self, initial, data):
        return str(initial or "") != (data or "")

    def legible(self, objeto):
        return dict(self.choices).get(str(objeto.pk), str(objeto)) if objeto else ""


class VariosDe(forms.MultipleChoiceField):
    """Elegir varios, en casillas; `clean` devuelve los objetos."""

    widget = forms.CheckboxSelectMultiple
    objetos = {}

    def ofrecer(self, objetos, *, etiqueta=str):
        self.objetos = {str(objeto.pk): objeto for objeto in objetos}
        self.choices = [(clave, etiqueta(objeto)) for clave, objeto in self.objetos.items()]

    def clean(self, value):
        elegidos = super().clean(value)
        repetidos = [uno for uno in elegidos if elegidos.count(uno) > 1]
        if repetidos:
            nombre = dict(self.choices)[repetidos[0]]
            raise ValidationError(f"{nombre} está dos veces.")
        return [self.objetos[elegido] for elegido in elegidos]

    def legible(self, objetos):
        return ", ".join(str(objeto) for objeto in objetos)
