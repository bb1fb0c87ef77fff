"""Lo que se pide al planificador de itinerarios. Va en la dirección."""

from datetime import date
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from acompanamiento.models import Grupo
from territorios.models import Entidad

from .campos import UnoDe, VariosDe
from .insumos import feriados_entre
from .itinerario import Condiciones

MAX_GRUPOS = 12
QUITO = "1701"
HORA = {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}
MINUTOS = {"min_value": 15, "max_value": 600}
DURACIONES = ("m1", "m2", "m3_manana", "m3_tarde")


class FechasField(forms.CharField):
    """Fechas separadas por comas; da un conjunto."""

    def clean(self, value):
        partes = [parte.strip() for parte in super().clean(value).split(",") if parte.strip()]
        return frozenset(map(self._leer, partes))

    def _leer(self, texto):
        try:
            return date.fromisoformat(texto)
        except ValueError as error:
            raise ValidationError(
                f"«{texto}» no es una fecha: escríbala como 2019-08-30."
            ) from error


class ItinerarioForm(forms.Form):
    """Qué grupos, desde cuándo y de dónde sale el equipo, con qué horario y duraciones."""

    grupos = VariosDe(
        label="Grupos",
        error_messages={
            "required": "Elija al menos un grupo.",
            "invalid_choice": "Uno de los grupos no existe o no es de su jurisdicción.",
        },
    )
    desde = forms.DateField(
        label="Desde", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    base = UnoDe(
        label="El equipo sale de", error_messages={"invalid_choice": "Ese cantón no existe."}
    )
    equipo = VariosDe(
        required=False,
        label="Quiénes facilitan (opcional)",
        help_text="No se propone nada en los días en que alguna ya facilita otro encuentro, y "
        "quedan anotadas en los que guarde.",
        error_messages={"invalid_choice": "Una de las entidades no está en el catálogo."},
    )
    inicio = forms.TimeField(label="Reuniones desde las", **HORA)
    fin = forms.TimeField(label="Reuniones hasta las", **HORA)
    m1 = forms.IntegerField(label="Momento 1", **MINUTOS)
    m2 = forms.IntegerField(label="Momento 2", **MINUTOS)
    m3_manana = forms.IntegerField(label="Taller, mañana", **MINUTOS)
    m3_tarde = forms.IntegerField(label="Taller, tarde", **MINUTOS)
    velocidad = forms.IntegerField(
        label="Velocidad media, km/h",
        min_value=10,
        max_value=120,
        help_text="Por carretera, con paradas.",
    )
    no_laborables = FechasField(
        required=False,
        label="Otros días en que no se puede (opcional)",
        help_text="Además de los feriados nacionales, con comas: 2019-08-30, 2019-09-02.",
    )
    repetir = forms.BooleanField(
        required=False,
        label="Proponer también los que ya están programados",
        help_text="Como si se empezara de cero, para comparar.",
    )

    def __init__(self, data=None, *, usuario, estrategia, lugares):
        self.estrategia, self.lugares = estrategia, lugares
        iniciales = self._iniciales()
        if data is not None:
            # Una dirección escrita a mano puede callar lo que tiene un valor usual.
            data = data.copy()
            for nombre, valor in iniciales.items():
                data.setdefault(nombre, valor)
        super().__init__(data, initial=iniciales)
        grupos = Grupo.objects.editables_por(usuario).vivos().filter(estrategia=estrategia)
        self.fields["grupos"].ofrecer(grupos)
        self.fields["equipo"].ofrecer(Entidad.objects.all())
        self.initial["grupos"] = self._abiertos()
        self.fields["desde"].help_text = f"{self._periodo().capitalize()}."
        self._ofrecer_lugares()

    def _iniciales(self):
        hoy, modelo = timezone.localdate(), Condiciones
        en_curso = self.estrategia.desde <= hoy <= self.estrategia.hasta
        return {
            "desde": (hoy if en_curso else self.estrategia.desde).isoformat(),
            "base": QUITO if QUITO in self.lugares else "",
            "inicio": f"{modelo.inicio:%H:%M}",
            "fin": f"{modelo.fin:%H:%M}",
            **{nombre: getattr(modelo, nombre) for nombre in (*DURACIONES, "velocidad")},
        }

    def _abiertos(self):
        """Los que todavía se acompañan, si no son demasiados."""
        abiertos = [c for c, grupo in self.fields["grupos"].objetos.items() if grupo.esta_abierto]
        return abiertos if len(abiertos) <= MAX_GRUPOS else []

    def _ofrecer_lugares(self):
        cantones = {codigo: lugar.nombre for codigo, lugar in self.lugares.items()}
        por_nombre = sorted(cantones.items(), key=lambda par: par[1])
        self.fields["base"].objetos = self.lugares
        self.fields["base"].choices = [("", "— Elija —"), *por_nombre]

    def _periodo(self):
        desde, hasta = self.estrategia.desde, self.estrategia.hasta
        return (
            f"entre el {date_format(desde)} y el {date_format(hasta)}, el período de la estrategia"
        )

    def clean_grupos(self):
        grupos = self.cleaned_data["grupos"]
        if len(grupos) > MAX_GRUPOS:
            raise ValidationError(
                f"Eligió {len(grupos)} grupos y se proponen hasta {MAX_GRUPOS} cada vez: proponga "
                "primero unos y después los demás."
            )
        return grupos

    def clean_desde(self):
        desde = self.cleaned_data["desde"]
        if not self.estrategia.desde <= desde <= self.estrategia.hasta:
            raise ValidationError(f"Debe ser {self._periodo()}.")
        return desde

    def clean(self):
        datos = super().clean()
        inicio, fin = datos.get("inicio"), datos.get("fin")
        if inicio and not Condiciones.viaje_desde <= inicio < Condiciones.pausa_desde:
            self.add_error("inicio", self._entre("viaje_desde", "pausa_desde"))
        if fin and not Condiciones.pausa_hasta <= fin <= Condiciones.viaje_hasta:
            self.add_error("fin", self._entre("pausa_hasta", "viaje_hasta"))
        return datos

    def _entre(self, desde, hasta):
        a, b = (getattr(Condiciones, nombre) for nombre in (desde, hasta))
        return f"Debe ser entre las {a:%H:%M} y las {b:%H:%M}."

    @cached_property
    def condiciones(self):
        datos, hasta = self.cleaned_data, self.estrategia.hasta
        feriados = feriados_entre(datos["desde"], hasta) | datos["no_laborables"]
        iguales = ("base", "desde", "inicio", "fin", "velocidad", *DURACIONES)
        valores = {nombre: datos[nombre] for nombre in iguales}
        return Condiciones(hasta=hasta, feriados=feriados, **valores)
