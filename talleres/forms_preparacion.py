"""Lo que se teclea para preparar un encuentro: plantilla, agenda, insumos y preguntas guía."""

from datetime import time

from django import forms

from .agenda import Tramo, avisos_de, como_hora, en_minutos, encadenar
from .campos import UnoDe
from .forms import VersionForm
from .models.plantilla import MINUTOS_MAXIMOS

FILAS_MAXIMAS = 60
# Lo que se vuelve a mostrar si alguien pega de más: nadie pierde lo tecleado.
FILAS_LEIDAS = 300


def campo_de_hora(**opciones):
    entrada = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    mensajes = {
        "required": "Diga a qué hora empieza la agenda.",
        "invalid": "Escriba una hora como 09:30.",
    }
    return forms.TimeField(widget=entrada, error_messages=mensajes, **opciones)


class PlantillaForm(VersionForm):
    """Qué plantilla se copia; y a qué hora empieza la agenda, si el encuentro no la tiene."""

    plantilla = UnoDe(
        error_messages={
            "required": "Elija una plantilla.",
            "invalid_choice": "Esa plantilla no es para este encuentro o ya no está activa.",
        }
    )
    desde = campo_de_hora(label="La agenda empieza a las")

    def __init__(self, *args, encuentro, plantillas, **kwargs):
        super().__init__(*args, **kwargs)
        self.encuentro = encuentro
        self.fields["plantilla"].ofrecer(plantillas, vacia="— Elija —")
        if encuentro.inicio:
            del self.fields["desde"]

    @property
    def hora(self):
        return self.encuentro.inicio or self.cleaned_data["desde"]


# --- Filas --------------------------------------------------------------------------------------


class FilaForm(forms.Form):
    """Una fila que se ordena por número. La que está en blanco y sobra no cuenta."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    orden = forms.IntegerField(
        required=False, label="Número", min_value=1, widget=forms.NumberInput(attrs={"min": 1})
    )
    quitar = forms.BooleanField(required=False, label="Quitar")
    no_cuentan = {"pk", "orden", "quitar"}

    @property
    def indice(self):
        return self.prefix.rpartition("-")[2]

    def has_changed(self):
        return bool(set(self.changed_data) - self.no_cuentan)

    def full_clean(self):
        """De lo que se quita no importa si quedó bien escrito."""
        super().full_clean()
        if self.is_bound and self.cleaned_data.get("quitar"):
            self._errors.clear()


class FilasFormSet(forms.BaseFormSet):
    """Filas tecleadas, con la regla de orden por número."""

    def tecleadas(self):
        """Lo tecleado en cada fila, en el orden que pide su número, con su `indice` original.

        Quien escribe «2» en la quinta la quiere segunda: la que se movió va antes de la que
        estaba, y si se movió hacia abajo, después.
        """
        filas = [
            {"indice": indice} | {campo.name: campo.value() for campo in forma}
            for indice, forma in enumerate(self.forms)
        ]
        return sorted(filas, key=_lugar)

    def datos(self):
        """Lo validado, en orden, sin lo que se quita ni lo que quedó en blanco."""
        validas = [self.forms[fila["indice"]].cleaned_data for fila in self.tecleadas()]
        return [
            {campo: valor for campo, valor in fila.items() if campo not in ("orden", "quitar")}
            for fila in validas
            if fila and not fila["quitar"]
        ]


def _lugar(fila):
    estaba = fila["indice"] + 1
    numero = _entero(fila["orden"]) or estaba
    return numero, (numero > estaba) - (numero < estaba), fila["indice"]


def _entero(texto):
    """El número tecleado, o None: al recalcular se muestra hasta lo que está mal."""
    try:
        return int(str(texto or "").strip())
    except ValueError:
        return None


def filas_de(formulario, nombre, en_blanco=0):
    """La clase del conjunto de filas de `formulario`; de más de 60 se rechazan todas."""
    conjunto = forms.formset_factory(
        formulario,
        formset=FilasFormSet,
        extra=en_blanco,
        max_num=FILAS_MAXIMAS,
        absolute_max=FILAS_LEIDAS,
        validate_max=True,
    )
    conjunto.default_error_messages = conjunto.default_error_messages | {
        "too_many_forms": f"Caben hasta {FILAS_MAXIMAS} {nombre}: quite los que sobran.",
        "missing_management_form": "La página llegó incompleta: vuelva a abrirla.",
    }
    return conjunto


# --- Agenda -------------------------------------------------------------------------------------


class AgendaForm(VersionForm):
    desde = campo_de_hora(label="La agenda empieza a las")
    pegados = forms.CharField(
        required=False,
        label="Pegar varios puntos (opcional)",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Uno por línea: el título y, si los sabe, un tabulador y los minutos, como al "
        "copiar dos columnas de una hoja de cálculo.",
    )


class PuntoForm(FilaForm):
    titulo = forms.CharField(
        label="Título",
        max_length=200,
        error_messages={"required": "Escriba el título, o quite el punto."},
    )
    minutos = forms.IntegerField(
        label="Minutos",
        min_value=1,
        max_value=MINUTOS_MAXIMOS,
        widget=forms.NumberInput(attrs={"min": 1, "max": MINUTOS_MAXIMOS, "inputmode": "numeric"}),
        error_messages={
            "required": "Diga cuántos minutos dura.",
            "invalid": "Los minutos son un número entero.",
            "min_value": "Dura al menos 1 minuto: no puede terminar antes de empezar.",
            "max_value": f"Dura a lo sumo {MINUTOS_MAXIMOS} minutos.",
        },
    )
    fijada = campo_de_hora(required=False, label="Hora fija (opcional)")
    responsables = forms.CharField(required=False, max_length=250, label="Responsables (opcional)")
    subpuntos = forms.CharField(
        required=False,
        max_length=3000,
        label="Subpuntos, uno por línea (opcional)",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_subpuntos(self):
        return "\n".join(
            linea.strip() for linea in self.cleaned_data["subpuntos"].splitlines() if linea.strip()
        )


PuntosFormSet = filas_de(PuntoForm, "puntos")


class Agenda:
    """La agenda tal como se está tecleando: `cabeza` (AgendaForm) y `puntos` (PuntosFormSet)."""

    def __init__(self, encuentro, cabeza, puntos):
        self.encuentro, self.cabeza, self.puntos = encuentro, cabeza, puntos
        self.de_mas = None

    @classmethod
    def guardada(cls, encuentro):
        """Como está en la base: se fija la hora de los puntos que no siguen al anterior."""
        agenda = list(encuentro.agenda.all())
        desde = agenda[0].inicio if agenda else encuentro.inicio
        filas, sigue = [], desde
        for punto in agenda:
            filas.append(
                {
                    "pk": punto.pk,
                    "titulo": punto.titulo,
                    "minutos": punto.minutos,
                    "fijada": punto.inicio if punto.inicio != sigue else None,
                    "responsables": punto.responsables,
                    "subpuntos": punto.subpuntos,
                }
            )
            sigue = punto.fin
        return cls.de(encuentro, encuentro.version, desde, filas)

    @classmethod
    def de(cls, encuentro, version, desde, filas, pegados=""):
        """Sin validar: para mostrar lo guardado o lo que se lleva tecleado."""
        numeradas = [fila | {"orden": n} for n, fila in enumerate(filas, start=1)]
        cabeza = AgendaForm(initial={"version": version, "desde": desde, "pegados": pegados})
        return cls(encuentro, cabeza, PuntosFormSet(initial=numeradas, prefix="p"))

    @classmethod
    def tecleada(cls, encuentro, datos):
        return cls(encuentro, AgendaForm(datos), PuntosFormSet(datos, prefix="p"))

    # --- Horas

    def tramos(self):
        """{índice de la fila: Tramo}, también con datos a medias; {} si no se sabe desde cuándo."""
        desde = en_minutos(_hora(self.cabeza["desde"].value()))
        filas = self.filas_que_quedan()
        if desde is None:
            return {}
        duraciones = [
            (max(_entero(fila["minutos"]) or 0, 0), en_minutos(_hora(fila["fijada"])))
            for fila in filas
        ]
        tramos = encadenar(desde, duraciones)
        return dict(zip([fila["indice"] for fila in filas], tramos, strict=True))

    def filas_que_quedan(self):
        return [fila for fila in self.puntos.tecleadas() if not fila["quitar"]]

    def renglones(self):
        """(formulario, Tramo o None, avisos), en orden, para la página."""
        tramos = self.tramos()
        fijadas = en_minutos(self.encuentro.inicio), en_minutos(self.encuentro.fin)
        avisos = dict(zip(tramos, avisos_de(tramos.values(), *fijadas), strict=True))
        return [
            (self.puntos.forms[i], tramos.get(i), avisos.get(i, []))
            for i in (fila["indice"] for fila in self.puntos.tecleadas())
        ]

    def avisos(self):
        return [aviso for _, _, suyos in self.renglones() for aviso in suyos]

    # --- Validar

    def is_valid(self):
        """Lo de cada campo y, si está bien, que nada se superponga ni pase de la medianoche."""
        if not all([self.cabeza.is_valid(), self.puntos.is_valid()]):
            return False
        for indice, tramo in self.tramos().items():
            self._revisar(self.puntos.forms[indice], tramo)
        if self.cabeza.cleaned_data["pegados"].strip():
            self.cabeza.add_error(
                "pegados", "Pulse «Agregar lo pegado» antes de guardar, o bórrelo."
            )
        return self.cabeza.is_valid() and not any(self.puntos.errors)

    def _revisar(self, forma, tramo):
        if tramo.hueco < 0:
            forma.add_error(
                "fijada",
                f"Empieza antes de que termine lo anterior: se superponen {-tramo.hueco} min.",
            )
        elif not tramo.cabe_en_el_dia:
            forma.add_error("minutos", "Terminaría después de la medianoche.")

    def puntos_por_guardar(self):
        """Los de `guardar_agenda`. Solo después de `is_valid()`."""
        quedan = [fila["indice"] for fila in self.filas_que_quedan()]
        tramos = self.tramos()
        formas = [(self.puntos.forms[i].cleaned_data, tramos[i]) for i in quedan]
        return [
            {
                "pk": dato["pk"],
                "titulo": dato["titulo"],
                "inicio": como_hora(tramo.inicio),
                "fin": como_hora(tramo.fin),
                "responsables": dato["responsables"],
                "subpuntos": dato["subpuntos"],
            }
            for dato, tramo in formas
            if dato
        ]

    def legible(self):
        """La agenda tecleada como texto, para que nadie la pierda si no se pudo guardar."""
        tramos = self.tramos()
        return "\n".join(
            en_renglon(
                tramos.get(fila["indice"], ""),
                fila["titulo"],
                fila["responsables"],
                (fila["subpuntos"] or "").splitlines(),
            )
            for fila in self.filas_que_quedan()
        )

    # --- Pedir un cambio sin guardar

    def con(self, accion):
        """La agenda después de «subir-2», «pausa», «recalcular»…; no guarda nada."""
        filas = self.puntos.tecleadas()
        que, _, indice = accion.partition("-")
        lugar = next((n for n, f in enumerate(filas) if str(f["indice"]) == indice), None)
        desde = self.cabeza["desde"].value()
        pegados = self.cabeza["pegados"].value() or ""
        if que in ("subir", "bajar") and lugar is not None:
            _mover(filas, lugar, -1 if que == "subir" else 1)
        elif que == "quitar" and lugar is not None:
            del filas[lugar]
        elif que == "agregar":
            filas.append({})
        elif que == "pausa":
            filas.append({"titulo": "Pausa", "minutos": 15})
        elif que == "pegar":
            filas, pegados = self._con_lo_pegado(filas, pegados)
        elif que == "recalcular":
            filas = [fila | {"fijada": None} for fila in filas]
            desde = self.encuentro.inicio or desde
        nueva = self.de(self.encuentro, self.cabeza["version"].value(), desde, filas, pegados)
        if pegados and que == "pegar":
            nueva.de_mas = f"Caben hasta {FILAS_MAXIMAS} puntos: no se agregó ninguno."
        return nueva

    def _con_lo_pegado(self, filas, pegados):
        """Las filas con lo pegado, y lo que no se pudo agregar, que sigue en su campo."""
        nuevas = [_pegada(linea) for linea in pegados.splitlines() if linea.strip()]
        if len(filas) + len(nuevas) > FILAS_MAXIMAS:
            return filas, pegados
        return [*filas, *nuevas], ""


def _mover(filas, lugar, paso):
    otro = lugar + paso
    if 0 <= otro < len(filas):
        filas[lugar], filas[otro] = filas[otro], filas[lugar]


def _pegada(linea):
    titulo, _, minutos = linea.strip().partition("\t")
    return {"titulo": titulo.strip(), "minutos": minutos.strip()}


def _hora(valor):
    if isinstance(valor, time) or not valor:
        return valor or None
    try:
        return time.fromisoformat(valor.strip())
    except ValueError:
        return None


def agenda_legible(encuentro):
    """La agenda guardada como texto, igual que `Agenda.legible`."""
    return "\n".join(
        en_renglon(
            Tramo(en_minutos(punto.inicio), en_minutos(punto.fin)),
            punto.titulo,
            punto.responsables,
            punto.lista_subpuntos,
        )
        for punto in encuentro.agenda.all()
    )


def en_renglon(tramo, titulo, responsables, subpuntos):
    partes = [parte for parte in (str(tramo), titulo, responsables) if parte]
    return "\n".join([" · ".join(partes), *(f"   – {linea}" for linea in subpuntos if linea)])


# --- Insumos y preguntas ------------------------------------------------------------------------


class InsumoForm(FilaForm):
    texto = forms.CharField(
        label="Insumo",
        max_length=250,
        error_messages={"required": "Escriba el insumo, o márquelo para quitar."},
    )
    responsable = forms.CharField(required=False, max_length=160, label="Quién lo trae (opcional)")
    listo = forms.BooleanField(required=False, label="Listo")


class PreguntaForm(FilaForm):
    tema = forms.CharField(required=False, max_length=160, label="Tema (opcional)")
    texto = forms.CharField(
        label="Pregunta",
        max_length=300,
        error_messages={"required": "Escriba la pregunta, o márquela para quitar."},
    )


InsumosFormSet = filas_de(InsumoForm, "insumos", en_blanco=2)
PreguntasFormSet = filas_de(PreguntaForm, "preguntas", en_blanco=2)
